"""A student's lessons as one set of results, as the reports of one hand-in want them; and names of files for students."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import msgspec

from grader.exports.cells import points
from grader.exports.gradebook import Mark, Row
from grader.exports.late import in_words
from grader.reports import text
from grader.results import LessonResult, Results, Score

_PLAIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,80}")
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")


@dataclass(frozen=True)
class Page:
    """A file for one student."""

    name: str
    text: str


def merged(row: Row, found: Mapping[str, Results]) -> Results | None:
    """Return the results of all lessons together, with lateness taken off the lessons and the score.

    None when nothing was graded. A lesson whose grading failed is left out, and the results say that it is missing.
    """
    if not found:
        return None
    first = next(iter(found.values()))
    lessons = [
        _after_lateness(lesson, row.marks[key])
        for key, results in found.items()
        for lesson in results.lessons
        if lesson.id == key
    ]
    failed = [f"Lesson {mark.lesson} could not be graded." for mark in row.marks.values() if mark.points is None]
    return msgspec.structs.replace(
        first,
        submission=row.student.student,
        duration_s=sum(one.duration_s for one in found.values()),
        score=Score(earned=_total(one.earned for one in lessons), possible=_total(one.possible for one in lessons)),
        status="broken" if failed or any(one.status == "broken" for one in found.values()) else first.status,
        lessons=lessons,
        problems=[*failed, *(problem for one in found.values() for problem in one.problems)],
    )


def _total(of: Iterable[Fraction]) -> Fraction:
    return sum(of, Fraction(0))


def lateness_in_words(row: Row) -> list[str]:
    """Return what lateness has cost, a sentence for each lesson: without it the points of exercises do not add up."""
    return [
        f"Lesson {mark.lesson} was handed in {in_words(mark.late)} late: "
        f"{points(mark.points)} of {points(mark.raw)} points are left."
        for mark in row.marks.values()
        if mark.late and mark.points != mark.raw
    ]


def _after_lateness(lesson: LessonResult, mark: Mark) -> LessonResult:
    if mark.raw is None or mark.points is None or not mark.late:
        return lesson
    said = f"{lesson.title} ({in_words(mark.late)} late: {points(mark.points)} of {points(mark.raw)} points are left)"
    return msgspec.structs.replace(lesson, title=said, earned=mark.points)


def mistakes_in_words(results: Results) -> list[str]:
    """Return the sentences about the named mistakes, each with its exercise."""
    return [
        f"{text.one_line(exercise.id)}: {text.one_line(mistake.says)}"
        for lesson in results.lessons
        for exercise in lesson.exercises
        for mistake in exercise.mistakes
    ]


def file_name(student: str) -> str:
    """Return a name that is legal in every file system and that no other student has.

    A key of small letters, digits, dots and dashes is its own name; of others the rest is cut and a digest added, so
    that `Ada` and `ada` stay apart where capitals do not count.
    """
    if _PLAIN.fullmatch(student) and not _RESERVED.fullmatch(student) and not student.endswith("."):
        return student
    kept = re.sub(r"[^a-z0-9_-]+", "-", student.lower())[:60].strip("-") or "student"
    return f"{kept}-{hashlib.sha256(student.encode('utf-8', 'backslashreplace')).hexdigest()[:10]}"
