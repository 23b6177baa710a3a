"""What earlier gradings tell of a submission: the same programs, and those that answered the same, have known results."""

import contextlib
import hashlib
from typing import Final

from grader.answers import Memory
from grader.attempt import Attempt, Settings
from grader.callee import WorkerCallee
from grader.calls import StudentError
from grader.conversation import Conversation
from grader.essence import essence
from grader.handin import read_submission
from grader.lessons import submitted_folder
from grader.request import stamp
from grader.results import ExerciseResult, Verdict, decode, encode

_UNQUOTED: Final = (Verdict.PASSED, Verdict.WRONG, Verdict.SKIPPED)
"""Verdicts whose messages hold no line of the program: comments are no part of what is kept."""


class Earlier:
    """The memory that gradings of the same course share, and what it says of exercises."""

    def __init__(self, settings: Settings, memory: Memory) -> None:
        self._settings, self._memory = settings, memory
        alone = settings.strict or settings.record is not None or settings.devices != ("cpu",)
        self.asked = settings.memory is not None and not alone
        """Whether earlier gradings count: there is a memory, and one worker for each program."""
        self._subjects: dict[str, bytes] = {}

    def look_up(self, attempt: Attempt) -> list[str] | None:
        """Find the result of a program that was graded before; return the layers of the jail around it."""
        folder = submitted_folder(self._settings.submission_root, attempt.exercise)
        with contextlib.suppress(StudentError):  # said when the checks run
            kind = essence(read_submission(folder, attempt.exercise))
            if kind is None:
                return None
            attempt.program = hashlib.sha256(self._subject(attempt) + kind).digest()
            kept = self._memory.recall(attempt.program)
            if kept is not None:
                layers, _, result = kept.partition(b"\n")
                attempt.known = decode(result, ExerciseResult)
                return layers.decode().split()
        return None

    def talk(self, attempt: Attempt, callee: WorkerCallee) -> None:
        """Have the program asked what earlier ones were asked; its result is known if it answers like one of them."""
        attempt.conversation = Conversation(callee, self._memory, self._subject(attempt))
        attempt.known = attempt.conversation.foretold()

    def keep(self, attempt: Attempt, result: ExerciseResult, isolation: list[str]) -> None:
        """Note the result of a conversation, and of the program."""
        if attempt.conversation is None or not attempt.conversation.keep(result):
            return
        quoted = any(check.verdict not in _UNQUOTED or check.line is not None for check in result.checks)
        if attempt.program is not None and not quoted:
            self._memory.note(attempt.program, " ".join(isolation).encode() + b"\n" + encode(result))

    def _subject(self, attempt: Attempt) -> bytes:
        """Return what the result of an exercise depends on besides the program, found out once."""
        known = self._subjects.get(attempt.exercise.id)
        if known is not None:
            return known
        settings, exercise = self._settings, attempt.exercise
        course, check = settings.course, settings.course.check_file(exercise)
        files = stamp(
            (
                *check.parent.glob("*.py"),
                *course.tests_root.glob("*.*"),
                *course.reference(exercise).parent.glob("*.py"),
                *course.reference_root.glob("*.*"),
                course.stub(exercise),
                course.answers_file(exercise),
            )
        )
        how = (course.root, exercise.id, settings.seed, settings.timeout, settings.verdict_only, settings.series)
        subject = self._subjects[exercise.id] = "\n".join((*map(str, how), files)).encode("utf-8", "surrogateescape")
        return subject
