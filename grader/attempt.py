"""The records of a run: how it grades, and one exercise of the submission while it is graded."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.answers import Memory, Remembered
from grader.callee import WorkerCallee
from grader.calls import StudentError
from grader.conversation import Conversation
from grader.findings import Finding
from grader.lessons import Course, Exercise
from grader.results import ExerciseResult
from grader.trusted import Trusted
from grader.worker.process import Budget

if TYPE_CHECKING:
    from grader.testing.marks import Exercise as Rules

CPU_LIMIT_S: Final = 10.0
GPU_LIMIT_S: Final = 30.0
"""Seconds for one exercise. A lesson has the sum of them: one exercise must not spend the time of another."""


@dataclass(frozen=True)
class Settings:
    """How a run grades."""

    course: Course
    submission_root: Path
    seed: int = 0
    timeout: float | None = None
    """Seconds a submission may use for one exercise; None: the check file's limit or the usual one."""
    devices: tuple[str, ...] = ("cpu",)
    strict: bool = False
    """Every check gets a worker that has served no other check."""
    verdict_only: bool = False
    """An exercise stops at its first failed check, its checks share one worker, and no mistake is named."""
    series: bool = False
    """Keep the curves that checks compare."""
    memory: Path | None = None
    """A file of known answers that many gradings share."""
    record: Path | None = None
    """An answer key to be written: everything that the reference and its known mistakes can be asked goes there."""
    on_check: Callable[[Exercise, int, int], None] | None = None
    """Called before each check with the exercise, the number of checks done and of all checks."""


@dataclass
class Attempt:
    """One exercise of the submission while it is graded."""

    exercise: Exercise
    rules: "Rules"
    trusted: Trusted
    findings: list[Finding] = field(default_factory=list)
    budget: Budget = field(default_factory=lambda: Budget.of(CPU_LIMIT_S))
    blocked: StudentError | None = None
    """Why no check of this exercise can run: the file is missing, cannot be loaded, or is an untouched stub."""
    reference: Remembered | None = None
    repeated: dict[tuple[str, str], Memory] = field(default_factory=dict)
    """What the submission answered to the checks of the contract, by room and device."""
    workers: dict[tuple[str, str], WorkerCallee] = field(default_factory=dict)
    """The submission's programs by room and device; checks in one room share a worker."""

    conversation: Conversation | None = None
    """What is said to the program, where many gradings share what they know."""
    known: ExerciseResult | None = None
    """The result, where the program or the conversation is an earlier one."""
    program: bytes | None = None
    """The key of what is known of the same programs; None for programs that may differ in what they do."""

    def close(self) -> None:
        """End the workers."""
        for callee in [*self.workers.values(), self.reference]:
            if callee is not None:
                callee.close()
