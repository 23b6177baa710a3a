"""The class as JSON, one document or one line for each student; `docs/class.schema.json` is its schema.

`python -m grader.exports.records docs/class.schema.json` writes that file anew.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import msgspec

from grader.exports.gradebook import Gradebook, Mark
from grader.results import ExerciseResult, Results, Verdict, decimal, sound

VERSION: Final = 1


class ExerciseMark(msgspec.Struct, frozen=True, kw_only=True):
    """An exercise of a marked lesson, before lateness."""

    id: str
    name: str
    earned: float
    possible: float
    verdict: Verdict
    mistakes: list[str]
    """Names of the known mistakes that were found."""


class LessonMark(msgspec.Struct, frozen=True, kw_only=True):
    """What a student has for a lesson."""

    lesson: str
    points: float | None
    """What counts, after lateness; null when grading failed, which is never a zero."""
    raw_points: float | None
    """Points before lateness."""
    possible: float
    late_s: float | None
    """Seconds after the due time; null when there is no due time or the hand-in has no time."""
    attempt: int
    submitted: str
    graded: str
    seed: int | None
    grader: str
    """Digest of the grader and the checks."""
    problem: str
    suspicious: str
    exercises: list[ExerciseMark]


class StudentMarks(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A student of the class."""

    student: str
    attempts: int
    problems: list[str]
    """What could not be read of the hand-ins."""
    marks: list[LessonMark]
    name: str | None = None
    """Only where names were asked for."""
    email: str | None = None


class LessonColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson of the class."""

    lesson: str
    title: str
    possible: float
    seed: int


class ClassMarks(msgspec.Struct, frozen=True, kw_only=True):
    """A whole class."""

    version: int = VERSION
    course: str
    due: str | None
    lessons: list[LessonColumn]
    students: list[StudentMarks]


def document(book: Gradebook, *, with_names: bool) -> str:
    """Return the class as one JSON object."""
    lessons = [
        LessonColumn(lesson=one.lesson, title=one.title, possible=decimal(one.possible), seed=one.seed)
        for one in book.columns
    ]
    due = book.choice.due.isoformat() if book.choice.due else None
    students = list(_students(book, with_names=with_names))
    return _json(ClassMarks(course=book.course, due=due, lessons=lessons, students=students), indent=1)


def lines(book: Gradebook, *, with_names: bool) -> str:
    """Return a JSON object on a line of its own for each student."""
    return "".join(_json(one) for one in _students(book, with_names=with_names))


def _json(one: msgspec.Struct, indent: int | None = None) -> str:
    # ASCII only, so that no encoding can spoil it.
    return json.dumps(msgspec.to_builtins(one), indent=indent, allow_nan=False) + "\n"


def _students(book: Gradebook, *, with_names: bool) -> Iterator[StudentMarks]:
    for row, results in book.by_student():
        yield StudentMarks(
            student=row.student.student,
            attempts=len(row.hand_ins),
            problems=[sound(one.problem) for one in row.hand_ins if one.problem],
            marks=[_lesson(mark, results) for mark in row.marks.values()],
            name=row.student.name if with_names else None,
            email=row.student.email if with_names else None,
        )


def _lesson(mark: Mark, results: Mapping[str, Results]) -> LessonMark:
    graded = results[mark.lesson].lessons if mark.lesson in results else []
    return LessonMark(
        lesson=mark.lesson,
        points=_decimal(mark.points),
        raw_points=_decimal(mark.raw),
        possible=decimal(mark.possible),
        late_s=None if mark.late is None else mark.late.total_seconds(),
        attempt=mark.hand_in.attempt,
        submitted=mark.hand_in.submitted,
        graded=mark.graded,
        seed=mark.key[3] if mark.key else None,
        grader=mark.key[4] if mark.key else "",
        problem=sound(mark.problem),
        suspicious=sound(mark.suspicious),
        exercises=[_exercise(one) for lesson in graded if lesson.id == mark.lesson for one in lesson.exercises],
    )


def _decimal(points: Fraction | None) -> float | None:
    return None if points is None else decimal(points)


def _exercise(one: ExerciseResult) -> ExerciseMark:
    return ExerciseMark(
        id=one.id,
        name=one.name,
        earned=decimal(one.earned),
        possible=decimal(one.possible),
        verdict=one.verdict,
        mistakes=[mistake.name for mistake in one.mistakes],
    )


def schema() -> str:
    """Return the JSON Schema of the document; a line of JSONL is its `StudentMarks`."""
    found: dict[str, Any] = msgspec.json.schema(ClassMarks)
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **found}, indent=2) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(schema(), encoding="utf-8")
