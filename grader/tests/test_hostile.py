"""Hostile programs earn nothing, harm nothing, end in time and leave nothing behind; honest ones lose nothing.

The programs lie in `submissions/hostile` and `submissions/honest`, a folder each. They print STOLEN when they got what
they came for. A program with a `finding` still succeeds: its test is expected to fail until somebody closes the hole.
"""

import io
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from grader.reports import github, gradescope, junit, terminal
from grader.results import Results, Verdict, to_json
from grader.tests.gradings import Batch, Grading, Outcome, Program, World, a_world, grade_all, programs

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the jail is made of Linux's layers")

HOSTILE, HONEST = programs("hostile"), programs("honest")
JOBS = 4
LONGEST_S = 30.0
"""For one grading on a busy machine; what must end earlier says so itself."""
RIGHT = (Verdict.PASSED, Verdict.SKIPPED)
MARKER = "STOLEN"
NOBODY = 65534
FULL_MARKS = {"1.1.1": 4, "1.1.2": 6, "1.2.1": 4, "1.2.2": 6}
CHOSEN = (
    "read_reference_by_path",
    "write_elsewhere",
    "fork_bomb",
    "daemon",
    "signals",
    "memory_bomb",
    "hang_at_import",
    "flood_output",
    "forge_huge_length",
    "forge_frames_on_every_descriptor",
    "dig_in_environment",
    "plant_modules",
)
"""One of each kind, for what is done more than once."""
FENCED = re.compile(r"^(`{3,})text\n.*?^\1$", re.DOTALL | re.MULTILINE)
BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def as_cases(chosen: list[Program]) -> list:
    """Return the programs as parameters; a known hole makes an expected failure."""
    return [
        pytest.param(one, id=one.name, marks=[pytest.mark.xfail(reason=one.finding, strict=True)] * bool(one.finding))
        for one in chosen
    ]


@dataclass
class Graded:
    """All programs, graded in one process, each hostile one (strictly, as classes are) followed by an honest hand-in."""

    world: World
    batch: Batch
    outcomes: dict[str, Outcome]
    after: dict[str, Outcome]


@pytest.fixture(scope="module")
def graded() -> Iterator[Graded]:
    with a_world([*HOSTILE, *HONEST]) as world:
        gradings = []
        for program in HOSTILE:
            gradings.append(Grading(world.handin(program), program.targets, program.timeout, strict=True))
            gradings.append(Grading(world.honest, ("1.1.1",)))
        gradings += [Grading(world.handin(program), program.targets) for program in HONEST]
        gradings.append(Grading(world.honest, ()))
        batch = grade_all(world, gradings, jobs=JOBS)
        pairs = 2 * len(HOSTILE)
        names = [one.name for one in HOSTILE]
        outcomes = dict(zip(names, batch.outcomes[:pairs:2], strict=True))
        outcomes |= dict(zip([one.name for one in HONEST], batch.outcomes[pairs:-1], strict=True))
        after = dict(zip(names, batch.outcomes[1:pairs:2], strict=True))
        yield Graded(world, batch, outcomes, after)


# ---------------------------------------------------------------- hostile programs


def judge(program: Program, outcome: Outcome, world: World) -> None:
    """Assert everything that is promised of one hostile program."""
    exercise = outcome.exercise(program.exercise)
    problems = outcome.results.problems if outcome.results else []
    assert exercise.earned == program.points == 0, f"it earned {exercise.earned} of {exercise.possible} points"
    assert exercise.possible == FULL_MARKS[program.exercise], f"the points it can earn became {exercise.possible}"
    assert not problems, f"it made the grader look broken: {problems[0]}"
    assert exercise.verdict.value in program.verdicts
    assert MARKER not in outcome.printed, re.findall(f"{MARKER}.*", outcome.printed)[:3]
    assert world.token not in to_json(outcome.results), "a secret stands in the results"
    assert {world.place(path, program) for path in program.untouched} <= world.before[program.name].keys()
    changed = {path for path, _ in world.pictures(program).items() ^ world.before[program.name].items()}
    assert not changed, f"files changed: {sorted(changed)}"
    touched = [path for path in program.absent if os.path.lexists(world.place(path, program))]
    assert not touched, f"files appeared: {touched}"
    assert outcome.seconds < (program.longest or LONGEST_S), f"it took {outcome.seconds:.1f} s"
    assert outcome.memory < program.memory_mb << 20, f"the grader itself used {outcome.memory >> 20} MB"


@pytest.mark.parametrize("program", as_cases(HOSTILE))
def test_hostile_program_gains_and_harms_nothing(program: Program, graded: Graded) -> None:
    """No points, the expected verdict, no canary touched, no secret told, in time, and no broken check."""
    judge(program, graded.outcomes[program.name], graded.world)


@pytest.mark.parametrize("program", HOSTILE, ids=lambda program: program.name)
def test_next_submission_is_graded_as_if_nothing_had_happened(program: Program, graded: Graded) -> None:
    """The honest hand-in that is graded after, or beside, a hostile one has full marks."""
    full(graded.after[program.name])


def full(outcome: Outcome) -> None:
    """Assert full marks without a complaint."""
    assert outcome.results is not None, outcome.error
    lost = [
        (check.id, check.verdict.value, check.message)
        for check in outcome.checks
        if check.verdict not in (Verdict.PASSED, Verdict.SKIPPED)
    ]
    assert not lost
    assert outcome.results.status == "graded"
    exercises = [one for lesson in outcome.results.lessons for one in lesson.exercises]
    assert {one.id: one.earned for one in exercises} == {one.id: FULL_MARKS[one.id] for one in exercises}


def test_whole_course_has_full_marks_afterwards(graded: Graded) -> None:
    """After all of them an honest hand-in of the whole course has every point."""
    full(graded.batch.outcomes[-1])
    assert len(graded.batch.outcomes[-1].checks) > 30


def test_nothing_is_left(graded: Graded) -> None:
    """No process and no temporary file outlives its grading."""
    assert not graded.batch.left
    assert not graded.batch.files


def test_every_secret_is_there_to_be_stolen(graded: Graded) -> None:
    """The canaries are no dummies: the secret stands where the programs look for it."""
    world = graded.world
    for path in ("course/reference/lesson_1_1_double/quiz.py", "course/tests/lesson_1_1_double/test_quiz.py"):
        assert world.token in (world.root / path).read_text(encoding="utf-8")
    assert world.token in (world.canary(HOSTILE[0]) / "secret.txt").read_text(encoding="utf-8")


def test_enough_programs() -> None:
    """At least sixty hostile programs and ten honest ones, each with a sentence of its own."""
    assert len(HOSTILE) >= 60
    assert len(HONEST) >= 10
    assert len({one.about for one in [*HOSTILE, *HONEST]}) == len(HOSTILE) + len(HONEST)
    assert all(one.exercise in FULL_MARKS and one.points == 0 for one in HOSTILE)


# ---------------------------------------------------------------- honest programs


@pytest.mark.parametrize("program", as_cases(HONEST))
def test_honest_program_has_full_marks(program: Program, graded: Graded) -> None:
    """No false alarm: odd but honest programs earn every point."""
    full(graded.outcomes[program.name])


# ---------------------------------------------------------------- again, at once, as somebody else


def chosen() -> list[Program]:
    return [one for one in HOSTILE if one.name in CHOSEN and not one.finding]


def attacks(world: World) -> list[Grading]:
    return [Grading(world.handin(one), one.targets, one.timeout) for one in chosen()]


def judge_all(world: World, batch: Batch) -> None:
    """Assert what is promised of the chosen programs, of the honest one after them, and that nothing is left."""
    for program, outcome in zip(chosen(), batch.outcomes, strict=False):
        judge(program, outcome, world)
    full(batch.outcomes[-1])
    assert not batch.left
    assert not batch.files


def test_twice_in_a_row_and_four_at_once() -> None:
    """The second round finds nothing of the first, programs that run at once do not disturb each other; not strict."""
    with a_world(chosen()) as world:
        batch = grade_all(world, [*attacks(world), *attacks(world), Grading(world.honest, ("1.1",))], jobs=4)
        first, second = batch.outcomes[: len(chosen())], batch.outcomes[len(chosen()) : -1]
        judge_all(world, batch)
        for program, one, other in zip(chosen(), first, second, strict=True):
            judge(program, other, world)
            assert one.exercise(program.exercise).earned == other.exercise(program.exercise).earned


def test_as_an_ordinary_user() -> None:
    """Promises do not rest on being root, nor on not being root."""
    if os.geteuid() != 0:
        pytest.skip("this is an ordinary user already: the other tests have shown it")
    if not interpreter_is_readable_for(NOBODY):
        pytest.skip(
            f"user {NOBODY} may not read the interpreter {sys.executable}: install Python outside of a private home"
        )
    with a_world(chosen()) as world:
        (world.root / "tmp").chmod(0o1777)
        batch = grade_all(world, [*attacks(world), Grading(world.honest, ("1.1",))], jobs=2, user=NOBODY)
        judge_all(world, batch)


def interpreter_is_readable_for(user: int) -> bool:
    """Try it out: start Python and import what a grading imports first."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", "import json, msgspec, grader.results"],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            user=user,
            group=user,
            extra_groups=[],
            capture_output=True,
            check=False,
            cwd=tempfile.gettempdir(),
        )
    except PermissionError:
        return False
    return done.returncode == 0


# ---------------------------------------------------------------- reports


def in_all_reports(results: Results) -> dict[str, str]:
    """Return every report of some results."""
    stream = io.StringIO()
    for verbosity in (0, 1):
        terminal.render(
            results, console=Console(file=stream, width=80, _environ={}), verbosity=verbosity, next_step=None
        )
    return {
        "terminal": stream.getvalue(),
        "annotations": github.annotations(results),
        "summary": github.summary(results),
        "junit": junit.render(results),
        "gradescope": gradescope.render(results),
        "json": to_json(results),
    }


def test_reports_of_hostile_programs_are_inert(graded: Graded) -> None:
    """Whatever a program printed, raised or returned: no report holds control characters, commands or tags of it."""
    for program in HOSTILE:
        results = graded.outcomes[program.name].results
        if results is None:
            continue
        reports = in_all_reports(results)
        for name, text in reports.items():
            assert not unseen(text), (program.name, name, unseen(text))
            text.encode()
        lines = reports["terminal"].split("\n")
        assert not [line for line in lines if line.lstrip().startswith("::") or "##[" in line], program.name
        assert all(line.startswith("::error ") for line in reports["annotations"].splitlines()), program.name
        assert "<script" not in FENCED.sub("", reports["summary"]), program.name
        ET.fromstring(reports["junit"])
        assert len(reports["json"]) < 1 << 20, program.name


def unseen(text: str) -> list[str]:
    """Return the characters that act without being seen."""
    return [
        char
        for char in text
        if (unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t")
        or unicodedata.bidirectional(char) in BIDI
    ]
