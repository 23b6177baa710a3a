"""The exercise files of hand-ins, read as text and never unpacked: a folder, a zip, or a single file for each student.

`grade class` has read, judged and graded them; here they are only quoted and compared. So whatever is odd is left out
in silence: links, large files, archives that cannot be read.
"""

import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final

from grader.journal.records import HandIn

_LARGEST: Final = 1_000_000
"""Bytes of one file that are read."""
_MOST_FILES: Final = 5_000
"""Files of one hand-in that are looked at."""


def read(folder: Path, hand_in: HandIn, wanted: Iterable[str]) -> dict[str, str]:
    """Return the texts of the wanted exercise files (`lesson_2_3_…/ex2_backward.py`) as far as they are there."""
    place = folder / hand_in.source
    if not hand_in.source or not place.resolve().is_relative_to(folder.resolve()):
        return {}
    known, found = list(wanted), {}
    try:
        for name, content in islice(_files(place), _MOST_FILES):
            exercise = _exercise(name, known)
            if exercise and exercise not in found:
                found[exercise] = content().decode("utf-8", "replace")
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError):
        pass  # what was found until then is quoted
    return found


def _files(place: Path) -> Iterator[tuple[PurePosixPath, Callable[[], bytes]]]:
    """Yield the names in a hand-in, each with what reads it."""
    if place.is_dir():
        for folder, _, names in os.walk(place):
            for name in sorted(names):
                path = Path(folder, name)
                if not path.is_symlink() and path.is_file():
                    yield PurePosixPath(path.relative_to(place).as_posix()), partial(_file, path)
    elif zipfile.is_zipfile(place):
        with zipfile.ZipFile(place) as archive:
            for member in archive.infolist():
                yield PurePosixPath(member.filename), partial(_member, archive, member)
    elif place.is_file():
        yield PurePosixPath(place.name), partial(_file, place)


def _file(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_LARGEST)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as stream:
        return stream.read(_LARGEST)


def _exercise(name: PurePosixPath, wanted: list[str]) -> str:
    """Return which wanted file this is: by lesson and name, or by a name that only one lesson has."""
    alike = [one for one in wanted if PurePosixPath(one).name == name.name]
    exact = [one for one in alike if PurePosixPath(one).parts[-2:] == name.parts[-2:]]
    if exact:
        return exact[0]
    return alike[0] if len(alike) == 1 and not name.parent.name.startswith("lesson_") else ""
