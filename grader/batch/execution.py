"""What a class's loop needs of whatever grades: tasks go in, outcomes come out in any order."""

from dataclasses import dataclass, field
from typing import Protocol


class ExecutionError(Exception):
    """No grading can succeed any more; the message is one sentence for the instructor."""


@dataclass(frozen=True)
class Conditions:
    """What all gradings of a class share."""

    course: str
    """Path of the course's root."""
    device: str = "cpu"
    timeout: float | None = None
    graders: dict[str, str] = field(default_factory=dict)
    """By lesson, the digest of everything a verdict depends on; another machine must have the same."""


@dataclass(frozen=True)
class Task:
    """One lesson of one hand-in, with all that grading needs to know: it may happen on another machine."""

    number: int
    lesson: str
    seed: int
    files: dict[str, bytes]
    """Contents by the exercise's file, `lesson_2_3_…/ex2_backward.py`."""
    tries: int = 1


@dataclass(frozen=True)
class Outcome:
    """How a task ended."""

    number: int
    data: bytes = b""
    """The results as JSON; empty when there are none."""
    failure: str = ""
    hopeless: bool = False
    """Whether every other task would fail in the same way."""


class Executor(Protocol):
    """Grades tasks, several at a time."""

    @property
    def room(self) -> int:
        """How many tasks it can make use of at a time."""

    def submit(self, task: Task) -> None:
        """Take a task; raises `ExecutionError`."""

    def finished(self, seconds: float) -> list[Outcome]:
        """Return what has ended, waiting for it at most so long; raises `ExecutionError`."""

    def close(self) -> None:
        """End whatever still runs."""
