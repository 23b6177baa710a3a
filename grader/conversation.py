"""Known conversations: what a grading makes of an exercise follows from what the program answers.

Checks and explanations ask the same questions in the same order as long as they hear the same answers. So a program is
first asked what earlier ones were asked. If all its answers have been heard before, byte for byte, the result is known
and no check has to run. If not, the checks run, and hear the answers that are there already before they ask for more.
"""

import hashlib
import time
from collections import deque
from typing import Any, Final

from grader.answers import Memory
from grader.callee import WorkerCallee
from grader.calls import Answer, Call, StudentError
from grader.exchange import Heard, Question, question, understood
from grader.proxy import UNRECORDED, Handle
from grader.results import ExerciseResult, decode, encode
from grader.worker.channel import frame_of, pack
from grader.worker.wire import Reference

_ASK: Final = b"?"
_END: Final = b"."
_LARGE: Final = 2 << 10
_DIGEST: Final = hashlib.sha256().digest_size
_UNHURRIED_S: Final = 2.0
"""A conversation that took longer is not kept: its explanation may have been cut short by a limit of time."""


class Conversation:
    """What is said to the program of one exercise in one grading."""

    def __init__(self, callee: WorkerCallee, memory: Memory, subject: bytes) -> None:
        """Begin to talk; `subject` stands for everything but the answers that the result depends on."""
        self.callee = callee
        self.seconds: dict[int, float] = {}
        """What the questions of each scope have taken, on the clock."""
        self._memory = memory
        self._mark = hashlib.sha256(subject).digest()
        """Stands for the subject and all that was said."""
        self._early: deque[tuple[bytes, Heard | StudentError]] = deque()
        """Answers that no check has asked for yet, with their questions."""
        self._began = time.monotonic()
        self._sound = True

    # As checks see it: a callee, and a program that can be asked

    @property
    def device(self) -> str | None:
        """Where the program computes."""
        return self.callee.device

    @property
    def narrow(self) -> bool:
        """Whether its device has no float64."""
        return self.callee.narrow

    @property
    def loads(self) -> int:
        """How many times it was loaded."""
        return self.callee.loads

    @property
    def budget(self) -> Any:
        """The seconds that it may still use."""
        return self.callee.budget

    def start(self) -> None:
        """Make sure that it is loaded."""
        self.callee.start()

    def close(self) -> None:
        """End its process."""
        self.callee.close()

    def answer(self, call: Call) -> Answer:
        """Return the answer to a call."""
        return understood(self.exchange(question(call, self.device)), self._revive, narrow=self.narrow)

    def exchange(self, asked: Question) -> Heard:
        """Return the answer that is there already, or ask."""
        frame = pack(asked.header, asked.blobs)
        if self._early and self._early[0][0] == frame:
            heard = self._early.popleft()[1]
        else:
            if self._early or asked.callbacks:  # what callbacks say is not known beforehand
                self._sound = False
            self._early.clear()
            heard = self._heard(asked)
            if self._sound:
                self._memory.note(self._mark, _ASK + self._kept(frame))
        if isinstance(heard, StudentError):
            self._sound = False
            raise heard
        self._go_on(frame, heard)
        return heard

    # Ahead of the checks

    def foretold(self) -> ExerciseResult | None:
        """Ask what earlier programs were asked; return the result, if one of them gave all the same answers."""
        mark = self._mark
        while (found := self._memory.recall(self._mark)) is not None:
            if found.startswith(_END):
                return decode(found[1:], ExerciseResult)
            frame = self._memory.recall(found[1:]) if len(found) == 1 + _DIGEST else found[1:]
            if frame is None:
                break
            header, blobs = frame_of(frame)
            del header["blobs"]
            heard = self._heard(Question(header, [bytes(blob) for blob in blobs], [], things=False))
            self._early.append((frame, heard))
            if isinstance(heard, StudentError):
                break
            self._go_on(frame, heard)
        self._mark = mark
        return None

    def keep(self, result: ExerciseResult) -> None:
        """Note that this is what such a conversation leads to."""
        if self._sound and not self._early and time.monotonic() - self._began < _UNHURRIED_S:
            self._memory.note(self._mark, _END + encode(result))

    def _kept(self, frame: bytes) -> bytes:
        """Return what is kept of a question: a large one once, whatever was said before it."""
        if len(frame) < _LARGE:
            return frame
        digest = hashlib.sha256(frame).digest()
        self._memory.note(digest, frame)
        return digest

    def _heard(self, asked: Question) -> Heard | StudentError:
        """Ask the program, and give back the time of a question that only serves an explanation."""
        began, before = time.monotonic(), self.budget.left_s
        try:
            return self.callee.exchange(asked)
        except StudentError as error:
            return error
        finally:
            if asked.header.get("place") == UNRECORDED:
                self.budget.left_s = before
            scope = asked.header.get("scope", 0)
            self.seconds[scope] = self.seconds.get(scope, 0.0) + time.monotonic() - began

    def _go_on(self, frame: bytes, heard: Heard) -> None:
        header = {**heard.header, "n": 0}  # the number of the message in the life of its worker
        told = pack({"reply": header, "output": heard.output}, [bytes(blob) for blob in heard.blobs])
        self._mark = hashlib.sha256(self._mark + hashlib.sha256(frame).digest() + told).digest()

    def _revive(self, reference: Reference) -> Any:
        return Handle(self, reference.number, reference.type)
