"""A class with its marks: one for each student and lesson. `choosing.py` decides which grade counts.

The journal is read twice: once for the choice, which keeps only numbers, and once by `Gradebook.counted`, which hands
over the chosen grades one by one. So the memory is that of the marks, however large the results are.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import groupby

from grader.exports.late import FREE, LateRule
from grader.journal.records import Grade, HandIn, Student
from grader.results import Results

GradeKey = tuple[str, str, str, int, str]
"""Student, digest, lesson, seed, grader: what a grade occurs once for."""

Grades = Callable[[], Iterable[Grade]]
"""Reads the grades of a journal from the beginning, ordered by student."""


@dataclass(frozen=True)
class Choice:
    """Which grades are wanted, and what lateness costs."""

    lessons: frozenset[str] = frozenset()
    """Empty: all."""
    seed: int | None = None
    """Count grades of this seed only. None: those of the class's seed, and others where it is missing."""
    class_seed: int | None = None
    """The seed that the journal notes for the class; None: the one that most grades have."""
    last: bool = False
    """Take the last attempt; otherwise the best one."""
    due: datetime | None = None
    rule: LateRule = FREE


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What a student has for a lesson."""

    student: str
    lesson: str
    possible: Fraction
    raw: Fraction | None
    """Points as they were graded; None when the grading failed or is missing, which is never a zero."""
    points: Fraction | None
    """Points that are left when lateness is taken off."""
    hand_in: HandIn
    late: timedelta | None
    """None when nobody knows, or no due time was given."""
    key: GradeKey | None
    graded: str = ""
    problem: str = ""
    """Why there are no points, or why another attempt, which might have been better, has none."""
    suspicious: str = ""


@dataclass(frozen=True)
class Row:
    """A student of the class with all marks."""

    student: Student
    hand_ins: tuple[HandIn, ...]
    marks: dict[str, Mark]
    """By lesson; a lesson that was never handed in or graded is missing."""

    @property
    def possible(self) -> Fraction:
        """Points that the lessons with marks make possible."""
        return sum((mark.possible for mark in self.marks.values() if mark.points is not None), Fraction(0))

    @property
    def points(self) -> Fraction | None:
        """Sum of the marks; None when there is none, or one of them is missing because its grading failed."""
        found = [mark.points for mark in self.marks.values()]
        known = [one for one in found if one is not None]
        return sum(known, Fraction(0)) if known and len(known) == len(found) else None


@dataclass(frozen=True)
class Column:
    """A lesson of the class."""

    lesson: str
    title: str
    possible: Fraction
    seed: int
    """The class's seed for this lesson."""
    graders: int
    """How many versions of the grader the counted grades come from."""


@dataclass(frozen=True)
class Gradebook:
    """A class: its lessons, its students, and what has to be said about them."""

    course: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    choice: Choice
    grades: Grades

    def counted(self) -> Iterator[Grade]:
        """Read the grades that count, in the order of the journal: by student, as the rows are."""
        wanted = {mark.key for row in self.rows for mark in row.marks.values() if mark.points is not None}
        return (grade for grade in self.grades() if key_of(grade) in wanted)

    def by_student(self) -> Iterator[tuple[Row, dict[str, Results]]]:
        """Yield every student with the results that count, by lesson; one student at a time is in memory."""
        groups = groupby(self.counted(), key=lambda grade: grade.student)
        student, graded = next(groups, ("", iter(())))
        for row in self.rows:
            found: dict[str, Results] = {}
            if row.student.student == student:
                found = {grade.lesson: grade.results for grade in graded if grade.results is not None}
                student, graded = next(groups, ("", iter(())))
            yield row, dict(sorted(found.items(), key=lambda item: lesson_order(item[0])))

    def problems(self) -> list[str]:
        """Return what kept students from a mark, one sentence each."""
        said = []
        for row in self.rows:
            key = row.student.student
            said += [f"{key}: {one.problem}" for one in row.hand_ins if one.problem]
            said += [f"{key}, {mark.lesson}: {mark.problem}" for mark in row.marks.values() if mark.problem]
        return list(dict.fromkeys(said))  # two attempts may lack the same file

    def notes(self) -> list[str]:
        """Return what a teacher should know about the marks as a whole."""
        marks = [mark for row in self.rows for mark in row.marks.values()]
        said = []
        untimed = sum(mark.late is None for mark in marks) if self.choice.due else 0
        if untimed:
            said.append(f"{untimed} of {len(marks)} marks come from hand-ins without a time: nothing was deducted.")
        mixed = [one for one in self.columns if one.graders > 1]
        return said + [
            f"The grades of {one.lesson} come from {one.graders} versions of the grader: "
            "`grade class` brings them up to date."
            for one in mixed
        ]


def key_of(grade: Grade) -> GradeKey:
    """Return what a grade occurs once for."""
    return grade.student, grade.digest, grade.lesson, grade.seed, grade.grader


def lesson_order(lesson: str) -> tuple[int, ...]:
    """Return what sorts `2.10` behind `2.9`."""
    return tuple(int(part) for part in lesson.split(".") if part.isdigit())
