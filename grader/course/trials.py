"""Trials: many programs graded together, to find out what the checks make of them.

An exercise never influences another, so one grading takes one program of every exercise of a lesson: it costs a little
more than a grading of one program, and there are far fewer of them.
"""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.apart import ApartError, grade_apart
from grader.lessons import Course, Exercise
from grader.nursery import Nursery
from grader.request import Request
from grader.results import ExerciseResult, Results


@dataclass(frozen=True)
class Trial:
    """A program for one exercise, and how to grade it."""

    exercise: Exercise
    program: str | Path
    """The text of the program; or the folder of a whole hand-in that holds it."""
    seed: int = 0
    verdict_only: bool = False
    timeout: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a trial."""

    trial: Trial
    position: int
    """Which of the trials it was."""
    result: ExerciseResult | None
    """None: the lesson or the harness failed before there was a verdict."""
    problems: tuple[str, ...] = ()
    """What was wrong with the lesson or the harness."""
    crash: str = ""
    """Why the whole grading failed."""


@dataclass(frozen=True)
class _Numbered:
    position: int
    trial: Trial


_Batch = tuple[_Numbered, ...]


class Laboratory:
    """Grades trials of one course in forks of a nursery, and counts the gradings."""

    def __init__(self, course: Course, nursery: Nursery, folder: Path, *, jobs: int) -> None:
        """Keep what all trials share; hand-ins are written below `folder`, outside of the course."""
        self._course, self._nursery, self._folder, self._jobs = course, nursery, folder, jobs
        self.gradings = 0

    def run(self, trials: Sequence[Trial]) -> Iterator[Outcome]:
        """Grade all trials and yield what became of them, as they finish.

        A grading that fails as a whole is repeated with each of its programs alone: one may not take others along.
        """
        again: list[_Batch] = []
        for batch, found in self._graded(_batches(trials)):
            if isinstance(found, ApartError) and len(batch) > 1:
                again += [(one,) for one in batch]
            else:
                yield from _outcomes(batch, found)
        for batch, found in self._graded(again):
            yield from _outcomes(batch, found)

    def _graded(self, batches: Sequence[_Batch]) -> Iterator[tuple[_Batch, Results | ApartError]]:
        roots = [Path(self._folder, str(number)) for number in range(len(batches))]
        requests = (self._request(batch, root) for batch, root in zip(batches, roots, strict=True))
        for position, found in grade_apart(requests, jobs=self._jobs, nursery=self._nursery):
            self.gradings += 1
            shutil.rmtree(roots[position], ignore_errors=True)
            yield batches[position], found

    def _request(self, batch: _Batch, root: Path) -> Request:
        first = batch[0].trial
        exercises = {one.trial.exercise for one in batch}
        return Request(
            self._course,
            tuple(one for one in self._course.exercises if one in exercises),
            first.program if isinstance(first.program, Path) else _hand_in(root, batch),
            seed=first.seed,
            timeout=first.timeout,
            device="cpu",
            verdict_only=first.verdict_only,
            memory=self._folder / "answers.sqlite",
        )


def laboratory_folder() -> "tempfile.TemporaryDirectory[str]":
    """Return a folder for hand-ins that vanishes when it is closed."""
    return tempfile.TemporaryDirectory(prefix="grade-trials-")


def _batches(trials: Iterable[Trial]) -> list[_Batch]:
    """Put trials that can share a grading together: the first of every exercise of a lesson, the second of each, …"""
    groups: dict[tuple[object, ...], dict[Exercise, list[_Numbered]]] = defaultdict(lambda: defaultdict(list))
    for position, trial in enumerate(trials):
        root = trial.program if isinstance(trial.program, Path) else None
        alike = (trial.exercise.lesson_key, trial.seed, trial.verdict_only, trial.timeout, root)
        groups[alike][trial.exercise].append(_Numbered(position, trial))
    batches: list[_Batch] = []
    for queues in groups.values():
        longest = max(map(len, queues.values()))
        batches += [tuple(queue[turn] for queue in queues.values() if turn < len(queue)) for turn in range(longest)]
    return batches


def _hand_in(root: Path, batch: _Batch) -> Path:
    for one in batch:
        exercise, program = one.trial.exercise, one.trial.program
        assert isinstance(program, str)
        place = root / exercise.folder
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{exercise.name}.py").write_text(program, encoding="utf-8")
    return root


def _outcomes(batch: _Batch, found: Results | ApartError) -> Iterator[Outcome]:
    for one in batch:
        trial = one.trial
        if isinstance(found, ApartError):
            yield Outcome(trial, one.position, None, crash=str(found))
            continue
        results = {result.name: result for lesson in found.lessons for result in lesson.exercises}
        others = tuple(f"{other.trial.exercise.id}{end}" for other in batch if other is not one for end in ":/")
        mine = tuple(problem for problem in found.problems if not problem.startswith(others))
        yield Outcome(trial, one.position, results.get(trial.exercise.name), mine)
