"""The page for each student: what `grade --html` shows, over all lessons of the export, with lateness taken off."""

from collections.abc import Iterator

from grader.exports.gradebook import Gradebook, Row
from grader.exports.one_student import Page, file_name, merged
from grader.exports.sources import Sources
from grader.reports import html
from grader.results import Results


def feedback(book: Gradebook, sources: Sources | None) -> Iterator[Page]:
    """Yield a page for everybody with a grade; it quotes the student's code where the hand-ins are given."""
    for row, found in book.by_student():
        results = merged(row, found)
        if results is not None:
            quoted = _quoted(row, results, sources) if sources else {}
            yield Page(f"{file_name(row.student.student)}.html", html.render(results, quoted))


def _quoted(row: Row, results: Results, sources: Sources) -> dict[str, str]:
    """Return the files of the attempts that count: a lesson's from the hand-in that its mark is for."""
    found: dict[str, str] = {}
    for lesson in results.lessons:
        texts = sources.read(row.marks[lesson.id].hand_in)
        found |= {one.file: texts[one.file] for one in lesson.exercises if one.file in texts}
    return found
