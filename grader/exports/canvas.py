"""Canvas's gradebook CSV: the teacher's own export filled in, or a small file of our own.

A template is kept as it is: its columns, the row `Points Possible`, students who are not in the class, and marks of
students for whom there is nothing new. Canvas matches by `ID`, then `SIS User ID`, then `SIS Login ID`; so do we.
"""

import csv
import re
from fractions import Fraction
from pathlib import Path
from typing import Final

from grader.exports.cells import csv_text, points
from grader.exports.gradebook import Column, Gradebook, Row
from grader.options import UsageError
from grader.reports import text

_IDS: Final = {"ID": "canvas_id", "SIS User ID": "sis_user_id", "SIS Login ID": "sis_login_id"}
"""Canvas's columns and the roster's names of the same."""
_EXCUSED: Final = "EX"
_POINTS_POSSIBLE: Final = "Points Possible"
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")


def minimal(book: Gradebook, *, with_names: bool) -> str:
    """Return a gradebook without a template; Canvas makes a new assignment of every lesson's column."""
    header = ["Student", *_IDS, "Section", *(f"{column.lesson} {column.title}" for column in book.columns)]
    blank = [""] * (len(_IDS) + 1)
    possible = [f"    {_POINTS_POSSIBLE}", *blank, *(points(column.possible) for column in book.columns)]
    rows = []
    for row in book.rows:
        ids = [row.student.ids.get(name, "") for name in _IDS.values()]
        who = row.student.name if with_names and row.student.name else row.student.student
        if not any(ids):  # then Canvas could only match by name; the key is what it knows the student by, most likely
            ids[0 if row.student.student.isdigit() else -1] = row.student.student
        marks = [row.marks.get(column.lesson) for column in book.columns]
        cells = [points(mark.points) if mark else "" for mark in marks]
        if any(cells):
            rows.append([who, *ids, row.student.ids.get("section", ""), *cells])
    return csv_text([header, possible, *rows])


def fill(book: Gradebook, template: Path) -> tuple[str, list[str]]:
    """Return the template with the class's points in the columns of its lessons, and what to know before the upload."""
    rows, delimiter = _read(template)
    header = [cell.strip() for cell in rows[0]]
    places = {name: header.index(name) for name in _IDS if name in header}
    if not places:
        raise UsageError(
            f"`{template}` has no column {', '.join(f'`{name}`' for name in _IDS)}: is it a gradebook that Canvas exported?"
        )
    columns = {column.lesson: _place(column, header, template) for column in book.columns}
    head = next((index for index, row in enumerate(rows[:4]) if row and _POINTS_POSSIBLE in row[0]), 0)
    factors, notes = _scales(book, rows[head] if head else [], columns)
    students = _Students(book)
    excused = 0
    for cells in rows[head + 1 :]:
        found = students.find({name: cells[place] for name, place in places.items() if place < len(cells)})
        for lesson, mark in found.marks.items() if found else ():
            place = columns[lesson]
            if mark.points is None or place >= len(cells):
                continue
            if cells[place].strip().upper() == _EXCUSED:
                excused += 1
            else:
                cells[place] = points(mark.points * factors[lesson])
    if excused:
        notes.append(f"{excused} excused marks (`EX`) of the template were kept.")
    if lost := students.left():
        names = ", ".join(text.one_line(key, characters=40) for key in lost[:5])
        notes.append(f"{len(lost)} students with marks are not in the template: {names}{', …' if lost[5:] else ''}.")
    return csv_text(rows, delimiter), notes


def _scales(book: Gradebook, possible: list[str], places: dict[str, int]) -> tuple[dict[str, Fraction], list[str]]:
    """Return by what to multiply the points of each lesson, so that all of them are all that Canvas has for it."""
    factors, notes = {}, []
    for column in book.columns:
        place = places[column.lesson]
        cell = possible[place].strip().replace(",", ".") if place < len(possible) else ""
        worth = Fraction(cell) if _NUMBER.fullmatch(cell) else None
        factors[column.lesson] = factor = worth / column.possible if worth and column.possible else Fraction(1)
        if factor != 1:
            notes.append(f"{column.lesson}: its {points(column.possible)} points are {points(worth)} points in Canvas.")
    return factors, notes


def _read(template: Path) -> tuple[list[list[str]], str]:
    try:
        with template.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            delimiter = ";" if first.count(";") > first.count(",") else ","
            file.seek(0)
            rows = list(csv.reader(file, delimiter=delimiter))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no CSV in UTF-8"
        raise UsageError(f"The template `{template}` cannot be read: {reason}.") from error
    if not rows:
        raise UsageError(f"The template `{template}` is empty. Export the gradebook in Canvas and give that file.")
    return rows, delimiter


def _place(column: Column, header: list[str], template: Path) -> int:
    """Return the one column whose title has the lesson's number in it."""
    number = re.compile(rf"(?<![\d.]){re.escape(column.lesson)}(?!\d|\.\d)")
    # `Title (12345)`: the assignment's number is no part of its title.
    titles = [re.sub(r"\(\d+\)$", "", name) for name in header]
    found = [index for index, title in enumerate(titles) if number.search(title) and "(read only)" not in title.lower()]
    if len(found) == 1:
        return found[0]
    which = f"{len(found)} columns" if found else "no column"
    raise UsageError(
        f"`{template}` has {which} with `{column.lesson}` in the title. Name the assignment so that one has it, "
        "or choose lessons with `--lesson`."
    )


class _Students:
    """The class by the identifiers that Canvas knows."""

    def __init__(self, book: Gradebook) -> None:
        self._by: dict[str, dict[str, Row]] = {name: {} for name in _IDS}
        self._missing = {row.student.student: row for row in book.rows if row.points is not None}
        for row in book.rows:
            for column, name in _IDS.items():
                if value := row.student.ids.get(name):
                    self._by[column][value] = row
        for row in book.rows:  # a layout may use one of them as the key
            for known in self._by.values():
                known.setdefault(row.student.student, row)

    def find(self, ids: dict[str, str]) -> Row | None:
        """Return the student of a line."""
        for name in _IDS:
            found = self._by[name].get(ids.get(name, "").strip())
            if found:
                self._missing.pop(found.student.student, None)
                return found
        return None

    def left(self) -> list[str]:
        """Return the students with marks that no line was about."""
        return sorted(self._missing)
