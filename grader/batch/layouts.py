"""Where the hand-ins of a class lie: a folder of folders or zips, or what Canvas, Moodle, Gradescope or GitHub give.

A layout only looks at names. It yields parcels: what belongs to one student's one hand-in, unread.
"""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grader.batch.gradescope import METADATA, submissions
from grader.options import UsageError

_CANVAS: Final = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<student>\d+)_(?P<number>\d+)_(?P<file>.+)")
_CANVAS_AGAIN: Final = re.compile(r"-\d+(?=\.\w+$)")
"""What Canvas puts behind the name of a file that was handed in again: `ex2_backward-1.py`."""
_MOODLE: Final = re.compile(r"(?P<name>.+)_(?P<student>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)")
_CLUTTER: Final = ("__MACOSX", "desktop.ini", "Thumbs.db")


@dataclass(frozen=True)
class Part:
    """A folder, a zip or a file of a hand-in."""

    path: Path
    name: str
    """What the student called it."""


@dataclass(frozen=True)
class Parcel:
    """What one student handed in once, unread."""

    student: str
    source: str
    """Where it lies, relative to the folder of hand-ins."""
    parts: tuple[Part, ...]
    submitted: str = ""
    """RFC 3339, as far as the layout tells."""
    attempt: int = 1
    problem: str = ""
    """One sentence when it cannot be taken as it lies there."""


def find(root: Path, layout: str | None = None) -> tuple[str, Iterator[Parcel]]:
    """Return the layout of a folder of hand-ins, as it is or as it is told, and its parcels.

    Raises `UsageError` when there is nothing to grade.
    """
    entries = _entries(root)
    chosen = layout or _detected(root, entries)
    return chosen, LAYOUTS[chosen](root, entries)


def _entries(root: Path) -> list[str]:
    try:
        names = sorted(os.listdir(root))  # noqa: PTH208  names of a folder with 50,000 entries
    except NotADirectoryError as error:
        raise UsageError(f"`{root}` is a file. Unpack the download and name its folder.") from error
    except OSError as error:
        raise UsageError(f"`{root}` cannot be read: {error.strerror}.") from error
    names = [name for name in names if not name.startswith(".") and name not in _CLUTTER]
    if not names:
        raise UsageError(f"There are no hand-ins in `{root}`.")
    if any(name == "exercises" or name.startswith("lesson_") for name in names):
        raise UsageError(f"`{root}` is one hand-in, not a folder of them. Grade it with `grade --from {root}`.")
    return names


def _detected(root: Path, entries: Sequence[str]) -> str:
    """Return the layout that most names follow; a folder that follows none holds a folder or zip for each student."""
    if METADATA in entries:
        return "gradescope"
    votes = Counter(_vote(root, name) for name in entries)
    return votes.most_common(1)[0][0]


def _vote(root: Path, name: str) -> str:
    if _MOODLE.fullmatch(name):
        return "moodle"
    if (root / name / ".git").exists():
        return "github"
    return "canvas" if _CANVAS.fullmatch(name) else "folders"


def _folders(root: Path, entries: Sequence[str]) -> Iterator[Parcel]:
    """One folder or zip for each student, called by the student's key."""
    mine: dict[str, list[str]] = defaultdict(list)
    for name in entries:
        mine[_without_zip(name)].append(name)
    for student, (name, *others) in mine.items():
        problem = f"`{others[0]}` lies beside `{name}` and was not graded." if others else ""
        yield _parcel(student, name, [Part(root / name, name)], problem=problem)


def _canvas(root: Path, entries: Sequence[str]) -> Iterator[Parcel]:
    """Files of all students in one folder: `lovelaceada_LATE_12345_67890_ex2_backward.py`. The key is 12345."""
    yield from _by_student(root, entries, _CANVAS)


def _moodle(root: Path, entries: Sequence[str]) -> Iterator[Parcel]:
    """Folders (or files) `Ada Lovelace_12345_assignsubmission_file`. The key is Moodle's number of the participant."""
    yield from _by_student(root, entries, _MOODLE)


def _by_student(root: Path, entries: Sequence[str], pattern: re.Pattern[str]) -> Iterator[Parcel]:
    mine: dict[str, list[Part]] = defaultdict(list)
    for name in entries:
        found = pattern.fullmatch(name)
        if found is None:
            yield _parcel(name, name, [], problem=f"The name `{name}` does not follow the layout: nothing was graded.")
        elif pattern is _CANVAS:
            mine[found["student"]].append(Part(root / name, _CANVAS_AGAIN.sub("", found["file"])))
        else:
            mine[found["student"]].append(Part(root / name, found["file"] or name))
    for student, parts in mine.items():
        yield _parcel(student, parts[0].path.name, parts)


def _gradescope(root: Path, _: Sequence[str]) -> Iterator[Parcel]:
    """An export: folders `submission_123` and a file about them. The key is the student's number, else the e-mail."""
    for one in submissions(root / METADATA):
        part = Part(root / one.folder, one.folder)
        for student in one.students or (one.folder,):
            yield _parcel(student, one.folder, [part], submitted=one.submitted)


def _github(root: Path, entries: Sequence[str]) -> Iterator[Parcel]:
    """Checkouts `<assignment>-<login>`. The key is the login."""
    assignment = f"{root.name.removesuffix('-submissions')}-"
    if not all(name.startswith(assignment) for name in entries):
        shared = os.path.commonprefix(list(entries)) if len(entries) > 1 else ""  # noqa: RUF071  letters, no paths
        assignment = f"{shared.rpartition('-')[0]}-"
    for name in entries:
        yield _parcel(name.removeprefix(assignment) or name, name, [Part(root / name, name)])


LAYOUTS: Final[dict[str, Callable[[Path, Sequence[str]], Iterator[Parcel]]]] = {
    "folders": _folders,
    "canvas": _canvas,
    "moodle": _moodle,
    "gradescope": _gradescope,
    "github": _github,
}


def _parcel(student: str, source: str, parts: Sequence[Part], *, submitted: str = "", problem: str = "") -> Parcel:
    return Parcel(student, source, tuple(parts), submitted=submitted, problem=problem)


def _without_zip(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return stem if dot and ending.lower() == "zip" else name
