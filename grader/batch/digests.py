"""What a grade depends on besides the hand-in, as one digest: a change of any of it means to grade again."""

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Final

from grader.digests import add
from grader.lessons import Course, Lesson

_NO_VERDICT: Final = frozenset(("batch", "course", "exports", "journal", "pulls", "release", "reports", "tests"))
"""Parts of the grader that only arrange or show what was found out."""


class Graders:
    """The digests of a course's lessons, under one device and one time limit."""

    def __init__(self, course: Course, *, device: str, timeout: float | None) -> None:
        self._course = course
        self._shared = hashlib.sha256(f"torch {version('torch')}\n{device} {timeout}\n".encode())
        package = Path(__file__).parents[1]
        code = (path for path in package.rglob("*.py") if path.relative_to(package).parts[0] not in _NO_VERDICT)
        add(self._shared, package, code)
        add(self._shared, course.root, (course.feedback_file, course.published_file))
        self._known: dict[str, str] = {}

    def of(self, lesson: Lesson) -> str:
        """Return the digest that grades of this lesson carry."""
        if lesson.id not in self._known:
            digest = self._shared.copy()
            add(digest, self._course.root, self._files(lesson))
            self._known[lesson.id] = digest.hexdigest()
        return self._known[lesson.id]

    def _files(self, lesson: Lesson) -> Iterable[Path]:
        """Yield checks, references, known mistakes, stubs and answers of a lesson."""
        for exercise in lesson.exercises:
            yield from (self._course.check_file(exercise), self._course.reference(exercise))
            yield self._course.stub(exercise)
        yield from (self._course.mistakes_file(lesson), self._course.answers_file(lesson))
