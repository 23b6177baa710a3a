"""A live line that says what a long command is doing; only on a terminal."""

from typing import TextIO

from grader.lessons import Exercise


class ProgressLine:
    """One line that is drawn over again, and removed at the end."""

    def __init__(self, stream: TextIO, *, shown: bool) -> None:
        self._stream, self._shown = stream, shown

    def show(self, exercise: Exercise, done: int, total: int) -> None:
        """Draw which check of which exercise runs."""
        self._draw(f"{exercise.id} {exercise.name}  check {done + 1} of {total}")

    def count(self, done: int, total: int) -> None:
        """Draw how many programs are graded."""
        self._draw(f"{done} of {total} programs graded")

    def lessons(self, done: int, total: int) -> None:
        """Draw how many lessons are graded."""
        self._draw(f"{done} of {total} lessons graded")

    def clear(self) -> None:
        """Remove the line."""
        self._draw("")

    def _draw(self, text: str) -> None:
        if self._shown:
            self._stream.write(f"\r\x1b[K{text}")
            self._stream.flush()
