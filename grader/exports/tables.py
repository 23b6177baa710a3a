"""Gradebooks as CSV: one line for each mark, Moodle's import, nbgrader's export."""

from collections.abc import Iterator, Mapping

from grader.exports.cells import csv_text, points
from grader.exports.gradebook import Column, Gradebook, Mark, Row
from grader.exports.late import in_words
from grader.exports.one_student import mistakes_in_words
from grader.options import UsageError
from grader.reports import text
from grader.results import Results


def marks(book: Gradebook, *, with_names: bool) -> str:
    """Return a line for each student and lesson, with points before and after lateness: for one's own evaluation.

    A student without a mark has a line as well, with empty cells: whoever sent something unreadable must not be lost.
    """
    header = ["student", *_name_header(with_names), "lesson", "points", "raw_points", "possible", "late", "late_s"]
    header += ["attempt", "submitted", "graded", "seed", "problem", "suspicious"]
    rows = (
        [row.student.student, *_names(row, with_names), *_line(row, column)]
        for row in book.rows
        for column in book.columns
    )
    return csv_text([header, *rows])


def _line(row: Row, column: Column) -> list[str]:
    mark = row.marks.get(column.lesson)
    if mark is None:
        problem = next((one.problem for one in row.hand_ins if not one.digest), "")
        return [column.lesson, "", "", points(column.possible), *[""] * 6, text.one_line(problem), ""]
    late = ["", ""] if mark.late is None else ["yes" if mark.late else "no", f"{mark.late.total_seconds():.0f}"]
    worth = [points(mark.points), points(mark.raw), points(mark.possible)]
    origin = [str(mark.hand_in.attempt), mark.hand_in.submitted, mark.graded, str(mark.key[3]) if mark.key else ""]
    problem = " ".join(filter(None, (mark.problem, mark.hand_in.problem)))
    return [mark.lesson, *worth, *late, *origin, text.one_line(problem), text.one_line(mark.suspicious)]


def _name_header(with_names: bool) -> list[str]:
    return ["name", "email"] if with_names else []


def _names(row: Row, with_names: bool) -> list[str]:
    return [row.student.name, row.student.email] if with_names else []


def moodle(book: Gradebook, *, with_names: bool) -> str:
    """Return Moodle's import: who by `idnumber` (roster: `moodle_id`) or e-mail, and for each lesson grade and feedback."""
    marked = [row for row in book.rows if row.marks]
    if marked and not any(_known_to_moodle(row, with_names) for row in marked):
        raise UsageError(
            "No student has a `moodle_id` in the roster, so Moodle could find nobody. "
            + ("It has no e-mails either." if with_names else "Add it, or give `--with-names` to map by e-mail.")
        )
    header = [*(["email"] if with_names else []), "idnumber"]
    for column in book.columns:
        header += [f"{column.lesson} {column.title}", f"{column.lesson} feedback"]
    return csv_text([header, *_moodle_rows(book, with_names)])


def moodle_notes(book: Gradebook, *, with_names: bool) -> list[str]:
    """Return who has marks and is left out, because Moodle could not find them."""
    lost = [row.student.student for row in book.rows if row.marks and not _known_to_moodle(row, with_names)]
    what = "neither `moodle_id` nor e-mail" if with_names else "no `moodle_id`"
    return [f"Left out, with {what} in the roster: {', '.join(lost)}."] if lost else []


def _known_to_moodle(row: Row, with_names: bool) -> bool:
    return bool(row.student.ids.get("moodle_id") or (with_names and row.student.email))


def _moodle_rows(book: Gradebook, with_names: bool) -> Iterator[list[str]]:
    for row, results in book.by_student():
        cells = [row.student.email] if with_names else []
        cells.append(row.student.ids.get("moodle_id", ""))
        for column in book.columns:
            mark = row.marks.get(column.lesson)
            cells += [points(mark.points) if mark else "", _feedback(mark, results)]
        if row.marks and _known_to_moodle(row, with_names):
            yield cells


def _feedback(mark: Mark | None, results: Mapping[str, Results]) -> str:
    """Return why the points are what they are; only words of the course, so nothing of a student becomes markup."""
    if mark is None or mark.lesson not in results:
        return ""
    late = f"{in_words(mark.late)} late: {points(mark.raw)} points before it. " if mark.late else ""
    said = late + " ".join(mistakes_in_words(results[mark.lesson]))
    return said.replace("&", "&amp;").replace("<", "&lt;").strip()


_NBGRADER = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
             "late_submission_penalty", "score", "max_score")  # fmt: skip


def nbgrader(book: Gradebook, *, with_names: bool) -> str:
    """Return the table that `nbgrader export` writes, with cells quoted where they must be."""
    due = book.choice.due.isoformat() if book.choice.due else ""
    rows = []
    for row in book.rows:
        last, _, first = row.student.name.partition(", ") if with_names else ("", "", "")
        email = row.student.email if with_names else ""
        for mark in row.marks.values():
            penalty = None if mark.raw is None or mark.points is None else mark.raw - mark.points
            worth = [points(mark.raw), points(penalty), points(mark.points), points(mark.possible)]
            rows.append([mark.lesson, due, mark.hand_in.submitted, row.student.student, last, first, email, *worth])
    return csv_text([_NBGRADER, *rows])
