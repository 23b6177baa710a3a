"""Gradescope's `submission_metadata.yml`: who handed in which folder, and when.

A line at a time, because the file also holds every earlier result and may have hundreds of megabytes. Gradescope writes
it by one program and with fixed indentation; that much of YAML, and no more, is read.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from grader.options import UsageError

METADATA: Final = "submission_metadata.yml"
_FOLDER: Final = re.compile(r"(submission_\d+):\s*")
_SECTION: Final = re.compile(r"  :(\w+):(.*)")
_SUBMITTER: Final = re.compile(r"  (?:- |  ):(name|sid|email): ?(.*)")


@dataclass
class Submission:
    """One folder of the export."""

    folder: str
    students: list[str] = field(default_factory=list)
    """The keys of all who handed in together."""
    submitted: str = ""


def submissions(path: Path) -> Iterator[Submission]:
    """Yield the folders in the file's order; raises `UsageError` if it names none."""
    present: Submission | None = None
    people: list[dict[str, str]] = []
    section = ""
    for line in _lines(path):
        if found := _FOLDER.fullmatch(line):
            if present is not None:
                yield _with(present, people)
            present, people, section = Submission(found[1]), [], ""
        elif present is not None and (found := _SECTION.fullmatch(line)):
            section = found[1]
            if section == "created_at":
                present.submitted = _time(_scalar(found[2]))
        elif section == "submitters" and (found := _SUBMITTER.fullmatch(line)):
            if line.startswith("  - "):
                people.append({})
            if people:
                people[-1][found[1]] = _scalar(found[2])
    if present is None:
        raise UsageError(f"`{path}` names no submission. Export the submissions again.")
    yield _with(present, people)


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                yield line.rstrip("\r\n")
    except OSError as error:
        raise UsageError(f"`{path}` cannot be read: {error.strerror}.") from error


def _with(submission: Submission, people: list[dict[str, str]]) -> Submission:
    submission.students = [key for one in people if (key := one.get("sid") or one.get("email") or one.get("name"))]
    return submission


def _scalar(text: str) -> str:
    """Return a plain or quoted value; YAML's null is nothing."""
    text = text.strip()
    if text[:1] == text[-1:] == "'" and len(text) > 1:
        return text[1:-1].replace("''", "'")
    if text[:1] == '"':
        try:
            return str(json.loads(text))
        except ValueError:
            return text.strip('"')
    return "" if text in ("null", "~") else text


def _time(text: str) -> str:
    """Return `2026-10-03 21:02:01.000000000 Z` as RFC 3339; nothing if it is no time."""
    found = re.match(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?", text)
    if not found:
        return ""
    zone = (found[3] or "Z").replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{zone}").isoformat()
    except ValueError:
        return ""
