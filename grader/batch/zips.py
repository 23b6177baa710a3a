"""Zips from strangers: nothing is unpacked, few entries are looked at, and a file is read up to a limit.

A zip that names files outside of itself, expands to gigabytes or has a million entries costs a sentence and no memory.
"""

import contextlib
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final, cast

_LARGEST_READ: Final = 4 << 20
"""Bytes of the table of contents, which zipfile reads as a whole: room for some 40,000 files."""
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The only ones that zipfile expands piece by piece, whatever stands in the file."""
_ENCRYPTED: Final = 1


class ZipError(Exception):
    """A zip cannot be read; the message completes the sentence `… cannot be read: …`."""


@dataclass
class _Sparing:
    """A file of which nobody reads much at a time, whatever the file itself says about its size."""

    file: IO[bytes]

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(_LARGEST_READ + 1 if size < 0 else min(size, _LARGEST_READ + 1))
        if len(data) > _LARGEST_READ:
            raise ZipError("it holds far more files than a hand-in needs")
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def seekable(self) -> bool:
        return True


@contextlib.contextmanager
def opened(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """Open a zip whose table of contents is of a sane size; raises `ZipError`."""
    try:
        with zipfile.ZipFile(cast("IO[bytes]", _Sparing(file))) as archive:  # it asks for no more than is there
            yield archive
    except zipfile.BadZipFile as error:
        raise ZipError("it is damaged or no zip") from error


def members(archive: zipfile.ZipFile, problems: list[str]) -> Iterator[zipfile.ZipInfo]:
    """Yield the ordinary files inside; what must not be read is told in `problems`."""
    for member in archive.infolist():
        if member.is_dir():
            continue
        name = member.filename
        if name.startswith(("/", "\\")) or ":" in name.split("/")[0] or ".." in name.replace("\\", "/").split("/"):
            problems.append(f"`{name}` names a place outside of the zip and was not read.")
        elif stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
            problems.append(f"`{name}` is a link or a device and was not read.")
        else:
            yield member


@contextlib.contextmanager
def content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    """Open a file inside, for reading a limited number of bytes; raises `ZipError`."""
    if member.flag_bits & _ENCRYPTED:
        raise ZipError("it is protected by a password")
    if member.compress_type not in _METHODS:
        raise ZipError("it is compressed in an unusual way: make an ordinary zip")
    with archive.open(member) as stream:
        yield stream
