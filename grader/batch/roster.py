"""A roster: a CSV of students, as a learning platform exports it or as somebody has typed it."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from grader.journal import Student
from grader.options import UsageError

_KNOWN: Final = {
    "student": "student",
    "key": "student",
    "name": "name",
    "full name": "name",
    "first name": "first",
    "last name": "last",
    "surname": "last",
    "email": "email",
    "email address": "email",
    "id": "canvas_id",
    "canvas_id": "canvas_id",
    "sis user id": "sis_user_id",
    "sis_user_id": "sis_user_id",
    "sis login id": "sis_login_id",
    "sis_login_id": "sis_login_id",
    "section": "section",
    "identifier": "participant",
    "participant": "participant",
    "id number": "moodle_id",
    "idnumber": "moodle_id",
    "moodle_id": "moodle_id",
    "lti_user_id": "lti_user_id",
    "github_username": "github",
    "github": "github",
    "login": "github",
    "sid": "sid",
}
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "folders": ("student", "sis_login_id", "github", "email"),
    "canvas": ("canvas_id", "student"),
    "moodle": ("participant", "student"),
    "gradescope": ("sid", "email", "student"),
    "github": ("github", "student"),
}
"""By layout, the columns that may hold the key of a student; the first that is there."""
_NO_IDS: Final = ("student", "name", "first", "last", "email")
_PARTICIPANT: Final = "Participant "
"""How Moodle's grading worksheet begins its identifiers. They hold for one assignment; a gradebook wants the ID number."""


def read_roster(path: Path, layout: str) -> list[Student]:
    """Return the students of a CSV file; raises `UsageError` if it has no column with their keys."""
    rows = _rows(path)
    columns = [_KNOWN.get(name.strip().lower(), "") for name in rows[0]] if rows else []
    if layout == "canvas" and "student" in columns and "canvas_id" in columns:
        columns[columns.index("student")] = "name"  # in Canvas's gradebook, `Student` is the name
    key = next((one for one in _KEYS[layout] if one in columns), None)
    if key is None:
        wanted = ", ".join(f"`{one}`" for one in _KEYS[layout])
        raise UsageError(f"The roster `{path}` has no column {wanted}. Add one with the students' keys.")
    found: dict[str, Student] = {}
    for row in rows[1:]:
        cells = {name: cell.strip() for name, cell in zip(columns, row, strict=False) if name and cell.strip()}
        student = cells.get(key, "").removeprefix(_PARTICIPANT)
        if student:
            found[student] = Student(
                student=student,
                name=cells.get("name") or " ".join(cells[part] for part in ("first", "last") if part in cells),
                email=cells.get("email", ""),
                ids={name: cell.removeprefix(_PARTICIPANT) for name, cell in cells.items() if name not in _NO_IDS},
            )
    return list(found.values())


def _rows(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except OSError as error:
        raise UsageError(f"The roster `{path}` cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"The roster `{path}` is no CSV in UTF-8. Save it as `CSV UTF-8`.") from error
