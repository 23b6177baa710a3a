"""The class report: one page that says what to teach again, then shows the numbers behind it.

It loads nothing, reads without JavaScript, by keyboard, in the dark and on paper. Up to a thousand students stand in a
table; of more than that the page shows a hundred at a time, because a browser takes seconds to draw them all.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import mean, median
from typing import Any, Final

from grader.exports import histogram, lecture, similarity
from grader.exports.cells import points
from grader.exports.gradebook import Column, Gradebook, Mark, Row
from grader.exports.late import in_words
from grader.exports.sources import Sources
from grader.exports.tally import Tally, count
from grader.reports import html, single_page, text

_ASSETS: Final = Path(__file__).parent / "assets"
_SHARED: Final = Path(html.__file__).parent / "assets"
_STATIC: Final = 1000
"""Students up to which all stand in the page."""


@dataclass(frozen=True)
class Line:
    """A student in the table: the cells, and the states that the filters know."""

    cells: tuple[str, ...]
    states: tuple[str, ...]


@dataclass(frozen=True)
class LessonSummary:
    """The points of a lesson over the class."""

    column: Column
    graded: int
    mean: str
    median: str
    full: int
    late: int


def make(book: Gradebook, *, with_names: bool, sources: Sources | None) -> str:
    """Count the class, compare its hand-ins where they are given, and return the page."""
    tally = count(book)
    return render(book, tally, _similarity(book, tally, sources), with_names=with_names)


def _similarity(book: Gradebook, tally: Tally, sources: Sources | None) -> similarity.Similarity:
    if sources is None:
        return similarity.Similarity(skipped=_NO_SOURCES)
    chosen = [one for one in sources.course.exercises if one.id in tally.exercises]
    stubs = {one.file: sources.course.stub(one).read_text(encoding="utf-8") for one in chosen}
    read = ((row.student.student, sources.read(row.hand_ins[-1])) for row in book.rows if row.hand_ins)
    programs = ((student, {file: text for file, text in found.items() if file in stubs}) for student, found in read)
    return similarity.compare(programs, stubs)


def render(book: Gradebook, tally: Tally, alike: similarity.Similarity, *, with_names: bool) -> str:
    """Return the page."""
    lines = [_line(row, book, tally, with_names) for row in book.rows]
    shares = [row.points / row.possible for row in book.rows if row.points is not None and row.possible]
    static = len(lines) <= _STATIC
    values = {
        **_FUNCTIONS,
        "book": book,
        "tally": tally,
        "lecture": lecture,
        "hardest": lecture.hardest(tally),
        "mistakes": lecture.mistakes(tally),
        "confusing": lecture.confusing(tally),
        "summaries": [_summary(column, book) for column in book.columns],
        "histogram": histogram.draw(shares),
        "lines": lines if static else [],
        "rows_json": "" if static else _script_data(lines),
        "header": _header(book, with_names),
        "alike": alike,
        "handed_in": sum(bool(row.hand_ins) for row in book.rows),
        "graded": len(shares),
        "problems": book.problems(),
        "failed": sum(mark.points is None for row in book.rows for mark in row.marks.values()),
        "suspicious": [mark for row in book.rows for mark in row.marks.values() if mark.suspicious],
    }
    styles = [_SHARED / "report.css", _ASSETS / "class.css"]
    return single_page.fill(_ASSETS / "class.html.jinja", styles=styles, script=_ASSETS / "class.js", values=values)


def _some(students: list[str] | tuple[str, ...], most: int = 20) -> str:
    """Return the first students, and how many more there are."""
    named = ", ".join(text.one_line(one, characters=60) for one in students[:most])
    return f"{named} and {len(students) - most} more" if len(students) > most else named


_FUNCTIONS: Final[dict[str, Any]] = {
    "one_line": text.one_line,
    "percent": lecture.percent,
    "share": lambda part, whole: lecture.percent(Fraction(part, whole) if whole else Fraction(0)),
    "portion": lambda part, whole: round(100 * part / whole, 1) if whole else 0,
    "Fraction": Fraction,
    "points": points,
    "some": _some,
    "WIDTH": histogram.WIDTH,
    "HEIGHT": histogram.HEIGHT,
}
"""What the template calls."""


def _summary(column: Column, book: Gradebook) -> LessonSummary:
    marks = [row.marks[column.lesson] for row in book.rows if column.lesson in row.marks]
    found = [mark.points for mark in marks if mark.points is not None]
    return LessonSummary(
        column=column,
        graded=len(found),
        mean=points(mean(found)) if found else "",
        median=points(median(found)) if found else "",
        full=sum(one >= column.possible for one in found),
        late=sum(bool(mark.late) for mark in marks),
    )


def _header(book: Gradebook, with_names: bool) -> list[str]:
    names = ["Name"] if with_names else []
    return ["Student", *names, *(column.lesson for column in book.columns), "Total", "Named mistakes", "Remarks"]


def _line(row: Row, book: Gradebook, tally: Tally, with_names: bool) -> Line:
    marks = [row.marks.get(column.lesson) for column in book.columns]
    share = row.points / row.possible if row.points is not None and row.possible else None
    cells = [
        text.one_line(row.student.student, characters=80),
        *([text.one_line(row.student.name, characters=80)] if with_names else []),
        *(_cell(mark) for mark in marks),
        "–" if share is None else lecture.percent(share),  # noqa: RUF001  a dash for no value
        ", ".join(lecture.in_words(one) for one in tally.named.get(row.student.student, ())),
        " ".join(_remarks(row)),
    ]
    return Line(tuple(cells), tuple(_states(row, share)))


def _cell(mark: Mark | None) -> str:
    if mark is None or mark.points is None:
        return "–"  # noqa: RUF001  a dash for no value
    return points(mark.points) if mark.points == mark.raw else f"{points(mark.points)} ({points(mark.raw)})"


def _remarks(row: Row) -> Iterator[str]:
    if not row.hand_ins:
        yield "Nothing handed in."
    for hand_in in row.hand_ins:
        if hand_in.problem:
            yield text.one_line(hand_in.problem)
    for mark in row.marks.values():
        if mark.late:
            yield f"{mark.lesson} was {in_words(mark.late)} late."
        if mark.problem:
            yield f"{mark.lesson}: {text.one_line(mark.problem)}"
        if mark.suspicious:
            yield f"{mark.lesson}: {text.one_line(mark.suspicious)}"


def _states(row: Row, share: Fraction | None) -> Iterator[str]:
    if share is not None and share < Fraction(1, 2):
        yield "low"
    if any(mark.late for mark in row.marks.values()):
        yield "late"
    if not row.hand_ins:
        yield "none"
    faulty = any(mark.problem or mark.suspicious for mark in row.marks.values())
    if faulty or any(hand_in.problem for hand_in in row.hand_ins):
        yield "look"


def _script_data(lines: list[Line]) -> str:
    """Return the students as JSON that can stand in a script element: nothing in it can end that element."""
    found = json.dumps([[list(line.cells), list(line.states)] for line in lines], separators=(",", ":"))
    return found.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


_NO_SOURCES: Final = "Hand-ins were not compared: give the folder that `grade class` read as `--sources`."
