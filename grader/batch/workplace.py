"""The folder in which the files of hand-ins lie while they are graded: private, and not left behind."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO, Final

_PREFIX: Final = "grade-class-"
_LOCK: Final = "lock"


class Workplace:
    """A folder that only this user can read. One whose owner was killed is removed by the next one that is made."""

    def __init__(self) -> None:
        """Make a folder, and remove those that nobody holds any more."""
        for other in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            _remove_if_left(other)
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        partial = self.folder / f"{_LOCK}.new"
        self._lock: IO[bytes] = partial.open("wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        partial.rename(self.folder / _LOCK)  # only now can anybody take it for left behind

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()


def _remove_if_left(folder: Path) -> None:
    """Remove a folder of this user whose lock the kernel has released, because its owner has ended."""
    with contextlib.suppress(OSError):
        if folder.lstat().st_uid == os.getuid():
            with (folder / _LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
