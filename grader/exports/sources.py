"""The programs that were graded, read again from the folder of hand-ins: to be quoted and compared."""

from collections.abc import Sequence
from pathlib import Path

from grader.batch.layouts import find
from grader.batch.reading import Reader
from grader.journal import HandIn
from grader.lessons import Course, Exercise


class Sources:
    """The hand-ins of a class, as `grade class` reads them."""

    def __init__(self, course: Course, folder: Path, chosen: Sequence[Exercise]) -> None:
        """Look at a folder of hand-ins; raises `UsageError` when it holds none."""
        _, parcels = find(folder)
        self.course = course
        self._reader = Reader(course, chosen)
        self._parcels = {(one.student, one.attempt): one for one in parcels}

    def read(self, hand_in: HandIn) -> dict[str, str]:
        """Return the texts of a hand-in by the exercises' files; nothing when it is gone or was changed since."""
        parcel = self._parcels.get((hand_in.student, hand_in.attempt))
        if parcel is None:
            return {}
        found = self._reader.read(parcel)
        if found.hand_in.digest != hand_in.digest:
            return {}
        return {file: data.decode("utf-8", "replace") for file, data in found.files.items()}
