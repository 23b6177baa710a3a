"""Which grade counts: among attempts, seeds and versions of the grader, one for each student and lesson."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from grader.exports.gradebook import Choice, Column, Gradebook, GradeKey, Grades, Mark, Row, key_of, lesson_order
from grader.exports.late import lateness
from grader.journal.records import Grade, HandIn, Student


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
