"""What learning platforms read: Gradescope, PrairieLearn, Classroom 50, and the scores of LTI Assignment and Grade Services.

The first three know one hand-in, so they get one file for each student, over all lessons of the export.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Final

from grader.exports.cells import points, rounded
from grader.exports.gradebook import Column, Gradebook, Mark
from grader.exports.late import in_words
from grader.exports.one_student import Page, file_name, lateness_in_words, merged, mistakes_in_words
from grader.reports import explanation, gradescope, text
from grader.results import ExerciseResult, Results, Verdict

_PRAIRIELEARN_LIMIT: Final = 1_000_000
"""Bytes; what is larger is refused there."""


def gradescope_pages(book: Gradebook) -> Iterator[Page]:
    """Yield `results.json` files; students with a failed grading get none, because a missing lesson looks like a zero."""
    return _pages(book, "results.json", _gradescope, whole=True)


def prairielearn_pages(book: Gradebook) -> Iterator[Page]:
    """Yield `results.json` files with a score from 0 to 1; with a failed grading they are not gradable."""
    return _pages(book, "results.json", _prairielearn, whole=False)


def classroom50_pages(book: Gradebook) -> Iterator[Page]:
    """Yield `result.json` files; as with Gradescope, only where every lesson was graded."""
    return _pages(book, "result.json", _classroom50, whole=True)


def _pages(
    book: Gradebook, name: str, record: Callable[[Results, list[str]], dict[str, Any]], *, whole: bool
) -> Iterator[Page]:
    """Yield a record of each student; `record` is given what lateness has cost, in words."""
    for row, found in book.by_student():
        results = merged(row, found)
        if results is not None and (row.points is not None or not whole):
            said = json.dumps(record(results, lateness_in_words(row)), indent=1, allow_nan=False)
            yield Page(f"{file_name(row.student.student)}/{name}", f"{said}\n")


def _exercises(results: Results) -> list[ExerciseResult]:
    return [exercise for lesson in results.lessons for exercise in lesson.exercises]


def _gradescope(results: Results, late: list[str]) -> dict[str, Any]:
    found = gradescope.record(results)
    return found | {"output": "\n".join([*late, found["output"]])}


def _prairielearn(results: Results, late: list[str]) -> dict[str, Any]:
    """Return the record of https://prairielearn.readthedocs.io/en/latest/externalGrading/, small enough to be read."""
    score = results.score
    found: dict[str, Any] = {"gradable": results.status == "graded"}
    if results.status == "graded":
        found["score"] = float(score.earned / score.possible) if score.possible else 0.0
    else:
        found["format_errors"] = explanation.BROKEN_HEADLINE
    if late:
        found["message"] = " ".join(late)
    found["tests"] = [_prairielearn_test(one, explanation.plain(one)) for one in _exercises(results)]
    if len(json.dumps(found)) > _PRAIRIELEARN_LIMIT - 100_000:
        found["tests"] = [_prairielearn_test(one, "") for one in _exercises(results)]
    return found


def _prairielearn_test(exercise: ExerciseResult, more: str) -> dict[str, Any]:
    found = {
        "name": f"{text.one_line(exercise.id)} {text.one_line(exercise.name)}",
        "points": float(rounded(exercise.earned)),
        "max_points": float(rounded(exercise.possible)),
        "message": explanation.headline(exercise) if exercise.verdict in explanation.FAILED else "",
        "output": more if exercise.verdict in explanation.FAILED else "",
    }
    return {key: value for key, value in found.items() if value != ""}


def _classroom50(results: Results, _: list[str]) -> dict[str, Any]:
    """Return `classroom50/result/v1` as its teachers enter a result by hand: one tag is commit, release and review.

    It has whole numbers only, so a point is 100 there.
    """
    tag = f"submit/manual-{_utc(results.started).replace(':', '-')}"
    return {
        "schema": "classroom50/result/v1",
        "classroom": text.one_line(results.course),
        "assignment": "-".join(lesson.id for lesson in results.lessons),
        "assignment_type": "individual",
        "owner": text.one_line(results.submission),
        **dict.fromkeys(("submission", "commit", "release", "review"), tag),
        "datetime": _utc(results.started),
        "score": _hundredths(results.score.earned),
        "max-score": _hundredths(results.score.possible),
        "tests": [
            {
                "test-name": f"{text.one_line(one.id)} {text.one_line(one.name)}",
                "passed": one.verdict is Verdict.PASSED,
                "score": _hundredths(one.earned),
                "max-score": _hundredths(one.possible),
            }
            for one in _exercises(results)
        ],
    }


def _hundredths(points: Fraction) -> int:
    return int(rounded(100 * points, places=0))


def _utc(when: str) -> str:
    try:
        return datetime.fromisoformat(when).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return when


def lti(book: Gradebook) -> str:
    """Return JSON lines: the lesson, and the score object to post to its line item.

    Students without `lti_user_id` in the roster are left out; a failed grading says so and carries no points.
    """
    titles = {column.lesson: column for column in book.columns}
    return "".join(
        json.dumps(_lti_line(titles[lesson], user, mark, found.get(lesson)), allow_nan=False) + "\n"
        for row, found in book.by_student()
        if (user := row.student.ids.get("lti_user_id"))
        for lesson, mark in row.marks.items()
        if mark.key
    )


def lti_notes(book: Gradebook) -> list[str]:
    """Return how many students with marks have no `lti_user_id`, and who is the first."""
    found = [row.student.student for row in book.rows if row.marks and not row.student.ids.get("lti_user_id")]
    return (
        [f"{len(found)} students have no `lti_user_id` in the roster and are left out, e.g. {found[0]}."]
        if found
        else []
    )


def _lti_line(column: Column, user: str, mark: Mark, results: Results | None) -> dict[str, Any]:
    score: dict[str, Any] = {
        "userId": user,
        "timestamp": _with_milliseconds(mark.graded),
        "activityProgress": "Submitted",
        "gradingProgress": "Failed",
    }
    if mark.points is not None:
        score |= {
            "scoreGiven": float(rounded(mark.points)),
            "scoreMaximum": float(rounded(mark.possible)),
            "gradingProgress": "FullyGraded",
            "comment": _comment(mark, results),
        }
    if mark.hand_in.submitted:
        score["submission"] = {"submittedAt": mark.hand_in.submitted}
    return {"lesson": column.lesson, "label": text.one_line(f"{column.lesson} {column.title}"), "score": score}


def _comment(mark: Mark, results: Results | None) -> str:
    said = mistakes_in_words(results) if results else []
    if mark.late and mark.points != mark.raw:
        said.insert(0, f"{in_words(mark.late)} late: {points(mark.points)} of {points(mark.raw)} points are left.")
    return " ".join(said)


def _with_milliseconds(when: str) -> str:
    """Return the time with a fraction of a second, which the service asks for."""
    try:
        return datetime.fromisoformat(when).astimezone(UTC).isoformat(timespec="milliseconds")
    except ValueError:
        return datetime.now(UTC).isoformat(timespec="milliseconds")
