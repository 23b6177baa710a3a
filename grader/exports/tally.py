"""What a class did, counted: exercises, named mistakes, checks, points, and how the grading itself went."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median
from typing import Final

from grader.exports.gradebook import Gradebook, lesson_order
from grader.journal.records import Grade
from grader.reports import explanation, text
from grader.results import CheckResult, ExerciseResult, Verdict

FEWEST: Final = 2
"""A thing that one student did says nothing about the class."""


@dataclass
class MistakeTally:
    """A named mistake in one exercise."""

    name: str
    says: str
    students: list[str] = field(default_factory=list)


@dataclass
class CheckTally:
    """A check, with all inputs it is run on, among the students for whom everything else in the exercise is right."""

    title: str
    students: list[str] = field(default_factory=list)
    """For whom this is the only check that fails."""


@dataclass
class ExerciseTally:
    """An exercise over the class."""

    id: str
    name: str
    lesson: str
    graded: int = 0
    tried: set[str] = field(default_factory=set)
    """Students who attempted it."""
    solved: int = 0
    shares: Fraction = Fraction(0)
    """Sum of the shares of its points."""
    mistakes: dict[str, MistakeTally] = field(default_factory=dict)
    unnamed: list[str] = field(default_factory=list)
    """Students whose answer is wrong in a way that no known mistake explains, and not by one check alone."""
    checks: dict[str, CheckTally] = field(default_factory=dict)

    @property
    def attempted(self) -> int:
        """How many attempted it."""
        return len(self.tried)

    @property
    def mean(self) -> Fraction:
        """Mean share of the points."""
        return self.shares / self.graded if self.graded else Fraction(0)

    def missed_alone(self, check: CheckTally) -> Fraction:
        """Return how confusing a check is: the share that fails it among those who pass all others.

        Those are the students with everything right, and the ones who fail this check only.
        """
        among = self.solved + len(check.students)
        return Fraction(len(check.students), among) if among else Fraction(0)


@dataclass
class Machine:
    """How the grading itself went."""

    graded: int = 0
    seconds: list[float] = field(default_factory=list)
    retried: int = 0
    first: str = ""
    last: str = ""
    problems: Counter[str] = field(default_factory=Counter)
    """What was wrong with lessons or the harness, and in how many gradings."""

    @property
    def total(self) -> float:
        """Seconds of all gradings."""
        return sum(self.seconds)

    @property
    def median(self) -> float:
        """Seconds of a usual grading."""
        return median(self.seconds) if self.seconds else 0.0

    @property
    def slow(self) -> float:
        """Seconds that 95 of 100 gradings stay under."""
        return sorted(self.seconds)[max(0, len(self.seconds) * 95 // 100 - 1)] if self.seconds else 0.0


@dataclass
class Tally:
    """All of it."""

    exercises: dict[str, ExerciseTally] = field(default_factory=dict)
    machine: Machine = field(default_factory=Machine)
    named: dict[str, list[str]] = field(default_factory=dict)
    """The names of the mistakes of each student."""

    def ordered(self) -> list[ExerciseTally]:
        """Return the exercises in the order of the course."""
        return sorted(self.exercises.values(), key=lambda one: lesson_order(one.id))


def count(book: Gradebook) -> Tally:
    """Read the grades that count, one by one."""
    tally = Tally()
    for grade in book.counted():
        _add(tally, grade)
    return tally


def _add(tally: Tally, grade: Grade) -> None:
    if grade.results is None:
        return
    machine = tally.machine
    machine.graded += 1
    machine.seconds.append(grade.duration_s)
    machine.retried += grade.tries > 1
    machine.first = min(machine.first or grade.graded, grade.graded)
    machine.last = max(machine.last, grade.graded)
    machine.problems.update({text.one_line(one) for one in grade.results.problems})
    for lesson in grade.results.lessons:
        for exercise in lesson.exercises:
            key = exercise.id
            known = tally.exercises.setdefault(key, ExerciseTally(key, exercise.name, lesson.id))
            _add_exercise(known, exercise, grade.student)
            own = tally.named.setdefault(grade.student, [])
            own += [mistake.name for mistake in exercise.mistakes if mistake.name not in own]


def _add_exercise(known: ExerciseTally, exercise: ExerciseResult, student: str) -> None:
    if exercise.verdict in (Verdict.SKIPPED, Verdict.BROKEN):
        return
    known.graded += 1
    known.shares += exercise.earned / exercise.possible if exercise.possible else 0
    if exercise.verdict is Verdict.NOT_ATTEMPTED:
        return
    known.tried.add(student)
    known.solved += exercise.verdict is Verdict.PASSED
    for mistake in exercise.mistakes:
        found = known.mistakes.setdefault(mistake.name, MistakeTally(mistake.name, mistake.says))
        found.students.append(student)
    failed = _failed(exercise.checks)
    if len(failed) == 1 and len(_groups(exercise.checks)) > 1:
        [(name, title)] = failed.items()
        known.checks.setdefault(name, CheckTally(title)).students.append(student)
    elif exercise.verdict in explanation.FAILED and not exercise.mistakes:
        known.unnamed.append(student)


def _failed(checks: Iterable[CheckResult]) -> dict[str, str]:
    """Return the failed checks by name, with their titles; a check on several inputs is one check."""
    found: dict[str, str] = {}
    for check in checks:
        if check.verdict in explanation.FAILED:
            # The input is named in parentheses; here all inputs are one.
            title = text.one_line(check.title)
            found.setdefault(_group(check), title.partition(" (")[0] if title.endswith(")") else title)
    return found


def _groups(checks: Iterable[CheckResult]) -> set[str]:
    return {_group(check) for check in checks}


def _group(check: CheckResult) -> str:
    return check.id.partition("[")[0]
