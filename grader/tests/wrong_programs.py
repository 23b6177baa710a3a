"""Wrong programs as students write them, and what the grader says first about each: for tests and for the gallery.

`submissions/wrong/<exercise>__<name>.py` holds a program, `expected.toml` beside it what is wrong with it in one line
(`about`) and the first line of feedback (`first`).
"""

import shutil
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.apart import grade_apart
from grader.lessons import Course
from grader.nursery import Nursery
from grader.request import Request
from grader.results import ExerciseResult

PLACE = Path(__file__).parent / "submissions" / "wrong"
USUAL_LIMIT_S = 30.0
"""Far above what the programs need, because the machine may be busy."""


@dataclass(frozen=True)
class Program:
    """A wrong program."""

    path: Path
    about: str
    first: str
    limit: float = USUAL_LIMIT_S
    """Seconds for the whole exercise."""
    gallery: bool = True

    @property
    def name(self) -> str:
        return self.path.stem.partition("__")[2]

    @property
    def exercise(self) -> str:
        return self.path.stem.partition("__")[0].replace("_", ".")


def programs() -> list[Program]:
    """Return all programs, in the order of `expected.toml`."""
    told = tomllib.loads((PLACE / "expected.toml").read_text(encoding="utf-8"))
    return [Program(PLACE / f"{name}.py", **entry) for name, entry in told.items()]


def graded(course: Course, chosen: Iterable[Program], folder: Path, nursery: Nursery) -> dict[str, ExerciseResult]:
    """Grade the programs in as few hand-ins as possible; return their results by the programs' names."""
    hand_ins: list[list[Program]] = []
    for program in sorted(chosen, key=lambda one: one.limit):
        fitting = (
            one
            for one in hand_ins
            if one[0].limit == program.limit and all(program.exercise != other.exercise for other in one)
        )
        hand_in = next(fitting, None)
        if hand_in is None:
            hand_ins.append([program])
        else:
            hand_in.append(program)
    requests = []
    for number, hand_in in enumerate(hand_ins):
        exercises = course.select([program.exercise for program in hand_in])
        by_id = {program.exercise: program for program in hand_in}
        for exercise in exercises:
            place = folder / str(number) / exercise.file
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(by_id[exercise.id].path, place)
        request = Request(course, tuple(exercises), folder / str(number), device="cpu", timeout=hand_in[0].limit)
        requests.append(request)
    found = {}
    for number, results in grade_apart(requests, jobs=2, nursery=nursery):
        if isinstance(results, Exception):
            raise results
        assert not results.problems, results.problems
        by_id = {one.id: one for lesson in results.lessons for one in lesson.exercises}
        found |= {program.name: by_id[program.exercise] for program in hand_ins[number]}
    return found
