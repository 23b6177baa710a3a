"""What `grade verify` has proved already: a lesson that has not changed since is not graded again.

Kept in the course's `.grade/verified.json`, by the digest of everything that a verdict depends on. Only lessons without
a refusal are kept. Whatever is wrong with the file, the lessons are proved anew.
"""

import contextlib
import hashlib
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

from grader.digests import add
from grader.lessons import Course, Lesson

_FILE: Final = Path(".grade", "verified.json")
_CODE: Final = Path(__file__).parents[1]


class Counts(msgspec.Struct):
    """How many programs were graded, and what became of them."""

    right: int = 0
    """Right programs graded: references on every seed, and alternatives."""
    accepted: int = 0
    wrong: int = 0
    """Wrong variants graded."""
    refused: int = 0
    named: int = 0
    unseparable: list[str] = msgspec.field(default_factory=list)

    def add(self, other: "Counts") -> None:
        """Add the counts of another lesson."""
        for name in ("right", "accepted", "wrong", "refused", "named"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.unseparable = self.unseparable + other.unseparable


class _Proof(msgspec.Struct):
    digest: str
    counts: Counts


class Proved:
    """The lessons of a course that were proved, as they were then."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._file = course.root / _FILE
        self._proofs: dict[str, _Proof] = {}
        with contextlib.suppress(OSError, msgspec.DecodeError):
            self._proofs = msgspec.json.decode(self._file.read_bytes(), type=dict[str, _Proof])
        words = (
            platform.python_version(),
            platform.machine(),
            *(version(name) for name in ("torch", "numpy", "pytest")),
        )
        self._shared = hashlib.sha256("\n".join(words).encode())
        code = (path for path in _CODE.rglob("*") if path.relative_to(_CODE).parts[0] != "tests")
        add(self._shared, _CODE, code)
        for root in (course.tests_root, course.reference_root):
            add(self._shared, course.root, root.glob("*"))

    def counts(self, lesson: Lesson) -> Counts | None:
        """Return what was counted when the lesson was proved as it is now; None when it was not."""
        proof = self._proofs.get(lesson.id)
        return proof.counts if proof is not None and proof.digest == self._digest(lesson) else None

    def keep(self, lesson: Lesson, counts: Counts) -> None:
        """Note that the lesson as it is now is proved; a file that cannot be written costs time later and nothing else."""
        plain = Counts()
        plain.add(counts)
        self._proofs[lesson.id] = _Proof(self._digest(lesson), plain)
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(exist_ok=True)
            self._file.write_bytes(msgspec.json.format(msgspec.json.encode(self._proofs)))

    def _digest(self, lesson: Lesson) -> str:
        digest, course = self._shared.copy(), self._course
        for root in (course.tests_root, course.reference_root, course.exercises_root):
            add(digest, course.root, (root / lesson.folder).rglob("*"))
        return digest.hexdigest()
