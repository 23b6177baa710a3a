"""Which grade of a class counts: one mark for each student and lesson, chosen among attempts, seeds and graders.

The journal is read twice: once for the choice, which keeps only numbers, and once by `Gradebook.counted`, which hands
over the chosen grades one by one. So the memory is that of the marks, however large the results are.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import groupby

from grader.exports.late import FREE, LateRule, lateness
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
        return said

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


@dataclass
class _Lesson:
    """What the first reading finds out about a lesson."""

    seeds: Counter[int] = field(default_factory=Counter)
    title: str = ""
    course: str = ""
    newest: str = ""
    possible: Fraction = Fraction(0)
    found: dict[tuple[str, str], list["_Graded"]] = field(default_factory=dict)
    """By student and digest."""


@dataclass(frozen=True, slots=True)
class _Graded:
    """A grade without its results."""

    key: GradeKey
    graded: str
    earned: Fraction | None
    possible: Fraction
    failure: str
    suspicious: str


def key_of(grade: Grade) -> GradeKey:
    """Return what a grade occurs once for."""
    return grade.student, grade.digest, grade.lesson, grade.seed, grade.grader


def lesson_order(lesson: str) -> tuple[int, ...]:
    """Return what sorts `2.10` behind `2.9`."""
    return tuple(int(part) for part in lesson.split(".") if part.isdigit())


def build(students: Iterable[Student], hand_ins: Iterable[HandIn], grades: Grades, choice: Choice) -> Gradebook:
    """Read a journal and choose what counts."""
    roster = {one.student: one for one in students}
    handed: dict[str, list[HandIn]] = {}
    for hand_in in hand_ins:
        handed.setdefault(hand_in.student, []).append(hand_in)
    lessons, seen = _read(grades(), choice)
    order = sorted(lessons, key=lesson_order)
    rows = []
    for key in sorted(roster.keys() | handed.keys()):
        own = tuple(sorted(handed.get(key, ()), key=lambda one: one.attempt))
        readable = [one for one in own if one.digest]
        marks = {}
        for lesson in order:
            # One journal may hold a folder of hand-ins for each lesson: others do not count as ungraded here.
            handed_in = [one for one in readable if _of(one) in lessons[lesson].found or _of(one) not in seen]
            if handed_in:
                marks[lesson] = _mark(handed_in, lesson, lessons[lesson], choice)
        rows.append(Row(roster.get(key, Student(student=key)), own, marks))
    columns = tuple(_column(lesson, lessons[lesson], rows, choice) for lesson in order)
    return Gradebook(lessons[order[0]].course if order else "", columns, tuple(rows), choice, grades)


def _of(one: HandIn | Grade) -> tuple[str, str]:
    return one.student, one.digest


def _read(grades: Iterable[Grade], choice: Choice) -> tuple[dict[str, _Lesson], set[tuple[str, str]]]:
    """Return the lessons, and the hand-ins that have any grade at all."""
    lessons: dict[str, _Lesson] = {}
    seen: set[tuple[str, str]] = set()
    for grade in grades:
        seen.add(_of(grade))
        if choice.lessons and grade.lesson not in choice.lessons:
            continue
        lesson = lessons.setdefault(grade.lesson, _Lesson())
        lesson.seeds[grade.seed] += 1
        results = grade.results
        if results is not None and grade.graded >= lesson.newest:
            titles = [one.title for one in results.lessons if one.id == grade.lesson]
            lesson.newest, lesson.possible, lesson.course = grade.graded, grade.possible, results.course
            lesson.title = titles[0] if titles else ""
        earned = grade.earned if results is not None else None
        lesson.found.setdefault(_of(grade), []).append(
            _Graded(key_of(grade), grade.graded, earned, grade.possible, grade.failure, grade.suspicious)
        )
    return lessons, seen


def _class_seed(lesson: _Lesson, choice: Choice) -> int:
    for given in (choice.seed, choice.class_seed):
        if given is not None:
            return given
    return min(lesson.seeds, key=lambda seed: (-lesson.seeds[seed], seed))


def _mark(hand_ins: list[HandIn], lesson: str, known: _Lesson, choice: Choice) -> Mark:
    """Return a student's mark of a lesson: of the best attempt, or of the last."""
    attempts = [_attempt(one, lesson, known, choice) for one in (hand_ins[-1:] if choice.last else hand_ins)]
    # Of equal attempts the earliest, which was not late; a failure only where there is nothing else.
    best = max(attempts, key=lambda mark: (mark.points is not None, mark.points or 0, mark.key is not None))
    failed = next((mark.problem for mark in attempts if mark.problem and mark.key), "")
    return replace(best, problem=failed) if failed and not best.problem else best


def _attempt(hand_in: HandIn, lesson: str, known: _Lesson, choice: Choice) -> Mark:
    """Return the mark that one hand-in is worth."""
    seed = _class_seed(known, choice)
    found = known.found.get(_of(hand_in), [])
    if choice.seed is not None:
        found = [one for one in found if one.key[3] == seed]
    # A failure says nothing about the hand-in, so it never takes the place of a grade.
    chosen = max(found, key=lambda one: (one.earned is not None, one.key[3] == seed, one.graded), default=None)
    late = lateness(hand_in.submitted, choice.due)
    raw = chosen.earned if chosen else None
    possible = chosen.possible if chosen and raw is not None else known.possible
    problem = ""
    if raw is None:
        missing = (
            "not graded on this seed" if _of(hand_in) in known.found else "not graded yet: run `grade class` again"
        )
        problem = chosen.failure or "the grading failed" if chosen else missing
    return Mark(
        student=hand_in.student,
        lesson=lesson,
        possible=possible,
        raw=raw,
        points=choice.rule.left(raw, possible, late) if raw is not None and late else raw,
        hand_in=hand_in,
        late=late,
        key=chosen.key if chosen else None,
        graded=chosen.graded if chosen else "",
        problem=problem,
        suspicious=chosen.suspicious if chosen else "",
    )


def _column(lesson: str, known: _Lesson, rows: list[Row], choice: Choice) -> Column:
    counted = (row.marks[lesson] for row in rows if lesson in row.marks)
    graders = {mark.key[4] for mark in counted if mark.key and mark.points is not None}
    return Column(lesson, known.title or lesson, known.possible, _class_seed(known, choice), len(graders))
