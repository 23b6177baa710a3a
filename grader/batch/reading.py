"""Reading a hand-in: of everything that a student sent, only the exercises' files are taken, and only as bytes.

Nothing is unpacked to disk under a name that a student chose. Whatever is wrong becomes one sentence, and the rest is
taken all the same.
"""

import hashlib
import os
import re
import stat
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Final

from grader.batch import zips
from grader.batch.layouts import Parcel, Part
from grader.journal import HandIn
from grader.lessons import Course, Exercise
from grader.results import sound

_LESSON: Final = re.compile(r"lesson_(\d{1,4})_(\d{1,4})(?:_.*)?")
_ELSEWHERE: Final = frozenset(
    (
        *(".git", ".grade", ".venv", ".tox", ".ipynb_checkpoints", "__pycache__", "__MACOSX", "node_modules"),
        *("alternatives", "answers", "grader", "reference", "site-packages", "tests", "venv"),
    )
)
"""Folders that hold no work of a student; a checkout of the whole course has most of them."""
_RENAMED: Final = re.compile(r"(?: ?\(\d{1,3}\)|[ _-]+(?:copy|\d{1,2}))+$", re.IGNORECASE)
"""What browsers, platforms and file managers put behind the name of a copy: ` (1)`, `-1`, ` - Copy`, ` copy 2`."""
_DEEPEST: Final = 8
_ANOTHER_NAME: Final = 3
"""Added to the rank of a file whose name only resembles an exercise's: any file with the very name is better."""
_MOST_FILES: Final = 300
"""Files of exercises that are read of one hand-in, whatever it holds of them."""
_MOST_BYTES: Final = (1 << 20) + 1
"""Read of a file: one more than `handin.LARGEST_FILE`, so that grading can say that it is too large. Importing that
would import torch, which this process does without."""


@dataclass
class Read:
    """A hand-in, read."""

    hand_in: HandIn
    files: dict[str, bytes]
    """The contents by the exercise's file in the course, `lesson_2_3_…/ex2_backward.py`."""


@dataclass
class _Reading:
    found: dict[Exercise, tuple[tuple[int, int, str], bytes]] = field(default_factory=dict)
    """The best file for each exercise yet, with its place: how good, how deep, and its path."""
    problems: list[str] = field(default_factory=list)
    files: int = 0
    """Files of exercises seen."""
    others: int = 0
    """Files seen that belong to no exercise."""
    other: str = ""
    """The name of the first of them."""

    def pass_over(self, name: str) -> None:
        """Note a file that belongs to no exercise."""
        self.other = self.other or name
        self.others += 1

    def nothing(self) -> str:
        """Return the sentence for a hand-in without any exercise: what it holds instead helps to find out why."""
        more = "" if self.others < 2 else f" and {self.others - 1} other files"
        return "No file of an exercise was found." + (f" It holds `{self.other}`{more}." if self.other else "")


class Reader:
    """Reads hand-ins for the exercises of one course."""

    def __init__(self, course: Course, chosen: Iterable[Exercise] = ()) -> None:
        """Keep what exercises there are; a name that several lessons have belongs to the chosen one."""
        self._course = course
        self._exercises = {(one.lesson_key, one.name): one for one in course.exercises}
        self._by_name = _unique(course.exercises) | _unique(chosen)

    def read(self, parcel: Parcel) -> Read:
        """Return what a parcel holds; never fails."""
        reading = _Reading(problems=[parcel.problem] if parcel.problem else [])
        for part in parcel.parts:
            try:
                self._take_part(part, reading)
            except (OSError, ValueError) as error:
                reading.problems.append(_unreadable(part.name, error))
        files = {one.file: reading.found[one][1] for one in sorted(reading.found, key=lambda one: one.file)}
        if not files and not reading.problems:
            reading.problems.append(reading.nothing())
        reading.problems += [
            f"`{place[2]}` was taken for `{one.name}.py`."
            for one, (place, _) in reading.found.items()
            if place[0] >= _ANOTHER_NAME
        ]
        reading.problems += [f"`{one.file}` is missing." for one in self._missing(reading.found)]
        hand_in = HandIn(
            student=_storable(parcel.student),
            source=_storable(parcel.source),
            digest=_digest(files) if files else "",
            submitted=parcel.submitted,
            problem=_storable(_sentence(reading.problems)),
            attempt=parcel.attempt,
        )
        return Read(hand_in, files)

    def _take_part(self, part: Part, reading: _Reading) -> None:
        if part.path.is_dir() and not part.path.is_symlink():
            for path in _walk(part.path):
                self._take_file(path, path.relative_to(part.path).as_posix(), reading)
        elif not self._take_file(part.path, part.name, reading):
            reading.problems.append(f"`{part.name}` is neither a file of an exercise nor a zip.")

    def _take_file(self, path: Path, name: str, reading: _Reading) -> bool:
        """Take what a file holds; return whether it could hold anything."""
        exercise, is_zip = self._exercise(name), name.lower().endswith(".zip")
        if exercise is None and not is_zip:
            reading.pass_over(name)
            return False
        if path.is_symlink():
            reading.problems.append(f"`{name}` is a link and was not followed.")
            return True
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                reading.problems.append(f"`{name}` is no ordinary file and was not read.")
            elif exercise is not None:
                self._keep(exercise, name, stream, reading)
            else:
                self._take_zip(stream, name, reading)
        return True

    def _take_zip(self, file: IO[bytes], name: str, reading: _Reading) -> None:
        try:
            with zips.opened(file) as archive:
                for member in zips.members(archive, reading.problems):
                    exercise = self._exercise(member.filename)
                    if exercise is None:
                        reading.pass_over(member.filename)
                        continue
                    with zips.content(archive, member) as stream:
                        self._keep(exercise, member.filename, stream, reading)
        except Exception as error:  # whatever a stranger's zip can provoke
            reading.problems.append(_unreadable(name, error))

    def _exercise(self, name: str) -> Exercise | None:
        """Return the exercise that a path belongs to: by the lesson in the path, else by the file's name alone.

        A name like `ex2_double (1).py`, or one with capitals, belongs to `ex2_double.py`.
        """
        parts = PurePosixPath(name.replace("\\", "/")).parts
        stem, dot, ending = parts[-1].rpartition(".") if parts else ("", "", "")
        if not dot or ending.lower() != "py" or _ELSEWHERE.intersection(parts[:-1]):
            return None
        lesson = next((found for part in reversed(parts[:-1]) if (found := _LESSON.fullmatch(part))), None)
        for one in (stem, _RENAMED.sub("", stem), _RENAMED.sub("", stem).lower()):
            known = self._exercises.get(((int(lesson[1]), int(lesson[2])), one)) if lesson else self._by_name.get(one)
            if known is not None:
                return known
        return None

    def _missing(self, found: Container[Exercise]) -> list[Exercise]:
        """Return the exercises that lack in the lessons of which something was handed in."""
        begun = [lesson for lesson in self._course.lessons if any(one in found for one in lesson.exercises)]
        return [one for lesson in begun for one in lesson.exercises if one not in found]

    def _keep(self, exercise: Exercise, name: str, stream: IO[bytes], reading: _Reading) -> None:
        """Keep a file unless there is a better one.

        The best has the exercise's very name and lies below `exercises`, then in a folder of the lesson, then anywhere.
        """
        reading.files += 1
        if reading.files > _MOST_FILES:
            raise ValueError(f"it holds more than {_MOST_FILES} files of exercises")
        parts = name.split("/")
        rank = 2 - ("exercises" in parts[:-1]) - any(map(_LESSON.fullmatch, parts[:-1]))
        rank += 0 if re.split(r"[/\\]", name)[-1] == f"{exercise.name}.py" else _ANOTHER_NAME
        place = (rank, len(parts), name)
        data = stream.read(_MOST_BYTES)
        if exercise in reading.found:
            kept, before = reading.found[exercise]
            if kept[:2] == place[:2] and before != data:
                best = min(kept[2], name)
                reading.problems.append(f"`{exercise.name}.py` is there twice; `{best}` was graded.")
            if kept < place:
                return
        reading.found[exercise] = (place, data)


def _walk(folder: Path, depth: int = 0) -> Iterator[Path]:
    """Yield files and links below a folder, in order; never follow a link."""
    with os.scandir(folder) as scan:
        entries = sorted(scan, key=lambda one: one.name)
    for entry in entries:
        if not entry.is_dir(follow_symlinks=False):
            yield Path(entry.path)
        elif entry.name not in _ELSEWHERE and depth < _DEEPEST:
            yield from _walk(Path(entry.path), depth + 1)


def _unreadable(name: str, error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"`{name}` cannot be read: {reason.rstrip('.')}."


def _unique(exercises: Iterable[Exercise]) -> dict[str, Exercise]:
    """Return the exercises whose names occur once."""
    known: dict[str, list[Exercise]] = {}
    for one in exercises:
        known.setdefault(one.name, []).append(one)
    return {name: found[0] for name, found in known.items() if len(found) == 1}


def _digest(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, data in files.items():
        digest.update(f"{name}\n{len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


def _sentence(problems: Sequence[str]) -> str:
    """Return the first problem, and how many more there are."""
    first, others = (problems or [""])[0], len(problems) - 1
    return first if others < 1 else f"{first} (and {others} more)"


def _storable(text: str) -> str:
    """Return text that every database accepts."""
    return sound(text).replace("\0", "\\0")
