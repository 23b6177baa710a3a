"""Measure how far right programs stay inside the allowed error, and how far wrong ones stay outside.

    uv run python bench/numerics.py [TARGET …] [--seeds 5] [--jobs 2] [--json FILE]

Right programs are the references' alternatives: other formulas and orders for the same numbers. Wrong ones are the known
mistakes. Each is graded in float64, and again as a program that computes in float32: a wrapper casts what goes in.
The ratio is the error over what is allowed, as the results of a grading report it: the largest of a right
program over the comparisons with the reference, and of a wrong one the largest as well, because one comparison outside
is enough to refuse it. A mistake is tried on two seeds and counts by the one that shows it less. What is wrong in structure (a shape, a
missing key, an error) has no ratio and is left out, and so is what no comparison of values is meant to show.
"""

import argparse
import json
import math
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.apart import ApartError, grade_apart, new_nursery
from grader.lessons import Course, Exercise, find_course
from grader.mistakes import load_mistakes
from grader.request import Request
from grader.results import CheckResult, Results, Verdict

FLOAT32 = """

def _in_float32(function):
    import functools
    import torch

    def cast(value):
        if isinstance(value, torch.Tensor) and value.dtype == torch.float64:
            return value.to(torch.float32)
        if type(value) in (list, tuple):
            return type(value)(cast(item) for item in value)
        if type(value) is dict:
            return {key: cast(item) for key, item in value.items()}
        if callable(value) and not isinstance(value, type | torch.nn.Module):
            return lambda *args: cast(value(*args))
        return value

    @functools.wraps(function)
    def narrow(*args, **kwargs):
        return function(*map(cast, args), **{name: cast(value) for name, value in kwargs.items()})

    return narrow


for _name, _value in list(globals().items()):
    if callable(_value) and getattr(_value, "__module__", None) == __name__ and not _name.startswith("_"):
        if not isinstance(_value, type):
            globals()[_name] = _in_float32(_value)
"""
ONLY_COMPARISONS = '''
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Keep the comparisons with the reference: the other checks take time and measure nothing here."""
    items[:] = [item for item in items if (mark := item.get_closest_marker("points")) and mark.kwargs["kind"] == "R"]
'''
SEEDS_OF_WRONG = 2
PRECISIONS = ("float64", "float32")


@dataclass(frozen=True)
class Trial:
    """One program, graded once."""

    exercise: Exercise
    name: str
    right: bool
    precision: str
    seed: int
    root: Path


@dataclass
class Row:
    """What was measured of one exercise in one precision: the largest ratio of each program over its comparisons."""

    right: dict[str, float] = field(default_factory=dict)
    """The largest over the seeds."""
    wrong: dict[str, float] = field(default_factory=dict)
    """The smallest over the seeds."""
    refused: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    nursery = new_nursery()  # before a mistake is read
    course = find_course(Path(__file__).parent)
    chosen = [one for one in course.select(options.targets) if "quiz" not in one.name]
    with tempfile.TemporaryDirectory(prefix="numerics-") as folder:
        plain = without_mistakes(course, Path(folder) / "course")
        trials = list(trials_of(course, chosen, range(options.seeds), Path(folder) / "programs"))
        requests = (Request(plain, (one.exercise,), one.root, seed=one.seed, device="cpu") for one in trials)
        rows: dict[tuple[str, str], Row] = {}
        for position, results in grade_apart(requests, jobs=options.jobs, nursery=nursery):
            note(rows, trials[position], results)
    nursery.close()
    print(table(rows, chosen))
    if options.json:
        told = {f"{name} {precision}": vars(row) for (name, precision), row in rows.items()}
        options.json.write_text(json.dumps(told, indent=1, default=sorted) + "\n", encoding="utf-8")


def without_mistakes(course: Course, root: Path) -> Course:
    """Return a copy of the course that names no mistakes: the diagnosis would take most of the time."""
    hidden = shutil.ignore_patterns("__pycache__", ".*", "mistakes.py", "alternatives")
    for part in (course.exercises_root, course.reference_root, course.tests_root):
        shutil.copytree(part, root / part.relative_to(course.root), ignore=hidden)
    (root / "tests" / "conftest.py").write_text(ONLY_COMPARISONS, encoding="utf-8")
    return Course(root)


def trials_of(course: Course, exercises: list[Exercise], seeds: range, folder: Path) -> Iterator[Trial]:
    """Yield every program of the exercises, in both precisions, on every seed."""
    for exercise in exercises:
        source = course.reference(exercise).read_text(encoding="utf-8")
        programs = [("reference", True, source)]
        programs += [(path.stem, True, path.read_text(encoding="utf-8")) for path in course.alternatives(exercise)]
        mistakes = [one for one in load_mistakes(course, exercise) if one.unseparable is None]
        programs += [(f"{one.name} ({index})", False, one.variant(source)) for index, one in enumerate(mistakes)]
        for name, right, text in programs:
            for precision in PRECISIONS:
                root = folder / exercise.id / name / precision
                place = root / exercise.folder
                place.mkdir(parents=True)
                place.joinpath(f"{exercise.name}.py").write_text(
                    text + FLOAT32 * (precision == "float32"), encoding="utf-8"
                )
                for seed in seeds if right else seeds[:SEEDS_OF_WRONG]:
                    yield Trial(exercise, name, right, precision, seed, root)


def note(rows: dict[tuple[str, str], Row], trial: Trial, results: Results | ApartError) -> None:
    """Keep what one grading measured."""
    row = rows.setdefault((trial.exercise.id, trial.precision), Row())
    if isinstance(results, ApartError):
        print(f"{trial.exercise.id} {trial.name}: {results}", file=sys.stderr)
        return
    if results.problems or not results.lessons:
        print(f"{trial.exercise.id} {trial.name}: {'; '.join(results.problems) or 'no checks'}", file=sys.stderr)
        return
    checks = results.lessons[0].exercises[0].checks
    ratios = [ratio for ratio in map(ratio_of, checks) if ratio is not None]
    failed = any(one.verdict in (Verdict.WRONG, Verdict.RAISED) for one in checks)
    structural = any(one.verdict in (Verdict.WRONG, Verdict.RAISED) and ratio_of(one) is None for one in checks)
    if trial.right:
        if failed:
            row.refused.add(f"{trial.name} seed {trial.seed}")
        if ratios and not structural:
            row.right[trial.name] = max(*ratios, row.right.get(trial.name, 0.0))
    elif ratios and not structural:
        row.wrong[trial.name] = min(max(ratios), row.wrong.get(trial.name, math.inf))
        if not failed:
            row.accepted.add(f"{trial.name} seed {trial.seed}")


def ratio_of(check: CheckResult) -> float | None:
    """Return a check's error over the allowed one."""
    if check.error is None or not check.error.allowed:
        return None
    return check.error.observed / check.error.allowed


def table(rows: dict[tuple[str, str], Row], exercises: list[Exercise]) -> str:
    """Return the measurements as a table in Markdown."""
    lines = [
        "| exercise | right, float64 | wrong, float64 | gap | right, float32 | wrong, float32 | gap |",
        "|---|---|---|---|---|---|---|",
    ]
    for exercise in exercises:
        cells = []
        for precision in PRECISIONS:
            row = rows.get((exercise.id, precision), Row())
            seen = {name: ratio for name, ratio in row.wrong.items() if ratio > 1}
            right, wrong = max(row.right.values(), default=None), min(seen.values(), default=None)
            gap = wrong / max(right, 1e-12) if right is not None and wrong is not None else None
            hidden = len(row.wrong) - len(seen)
            cells += [
                shown(right) + f" ({len(row.refused)} refused)" * bool(row.refused),
                shown(wrong) + f" ({hidden} not by values)" * bool(hidden),
                shown(gap),
            ]
        lines.append(f"| {exercise.id} {exercise.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.1e}" if value < 0.01 or value >= 1000 else f"{value:.2g}"


if __name__ == "__main__":
    main()
