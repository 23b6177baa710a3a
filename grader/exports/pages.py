"""The page for each student: what `grade --html` shows, over all lessons of the export, with lateness taken off."""

from collections.abc import Iterator
from pathlib import Path

from grader.exports import sources
from grader.exports.gradebook import Gradebook, Row
from grader.exports.one_student import Page, file_name, merged
from grader.reports import html
from grader.results import Results


def feedback(book: Gradebook, folder: Path | None) -> Iterator[Page]:
    """Yield a page for everybody with a grade; it quotes the student's code where the hand-ins are given."""
    for row, found in book.by_student():
        results = merged(row, found)
        if results is not None:
            quoted = _quoted(row, results, folder) if folder else {}
            yield Page(f"{file_name(row.student.student)}.html", html.render(results, quoted))


def _quoted(row: Row, results: Results, folder: Path) -> dict[str, str]:
    """Return the files of the attempts that count: a lesson's from the hand-in that its mark is for."""
    found: dict[str, str] = {}
    for lesson in results.lessons:
        wanted = [exercise.file for exercise in lesson.exercises]
        found |= sources.read(folder, row.marks[lesson.id].hand_in, wanted)
    return found
