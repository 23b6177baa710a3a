"""Known conversations: what a grading makes of an exercise follows from what the program answers.

Checks and explanations ask the same questions in the same order as long as they hear the same answers. So a program is
first asked what earlier ones were asked. If all its answers have been heard before, byte for byte, the result is known
and no check has to run. If not, the checks run, and hear the answers that are there already before they ask for more.
"""

import hashlib
import json
import os
import struct
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from grader.answers import Memory
from grader.callee import WorkerCallee
from grader.calls import Answer, Call, LessonError, StudentError
from grader.exchange import Heard, Message, Question, question, serve, understood
from grader.proxy import UNRECORDED, Handle
from grader.results import ExerciseResult, decode, encode
from grader.worker.channel import frame_of, pack
from grader.worker.process import Budget
from grader.worker.wire import Reference

_ASK: Final = b"?"
_SAY: Final = b"!"
_END: Final = b"."
"""What follows: a question of the check's, what its function says to a callback, or nothing but the result."""
_LARGE: Final = 2 << 10
_SCOPE: Final = struct.Struct(">Q?")
_DIGEST: Final = hashlib.sha256().digest_size
_UNHURRIED_S: Final = 2.0
"""A conversation that took longer is not kept: its explanation may have been cut short by a limit of time."""


class _AstrayError(Exception):
    """The program told a function of the check something that no program told it before."""


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
    def budget(self) -> Budget:
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
        frame, scope = asked.frame, asked.header.get("scope", 0)
        aside = asked.header.get("place") == UNRECORDED
        if self._early and self._early[0][0] == frame:
            heard = self._served(asked, self._early.popleft()[1])
        else:
            self._sound = self._sound and not self._early
            self._early.clear()
            heard = self._heard(asked, scope, aside=aside)
            self._note(_ASK, _SCOPE.pack(scope, aside) + self._kept(frame))
        if isinstance(heard, StudentError):
            self._sound = False
            raise heard
        self._go_on(frame)
        for told, answered in heard.called:
            self._hear(told)
            self._note(_SAY, pack(*answered))
        self._go_on(*_words(heard))
        return heard

    def _served(self, asked: Question, early: Heard | StudentError) -> Heard | StudentError:
        """Have the check's own functions hear what the program told them, and say again what it was told."""
        if isinstance(early, StudentError) or not early.called:
            return early
        heard = Heard(early.header, early.blobs, early.output, text=early.text)
        for told, answered in early.called:
            if pack(*serve(told, asked.callbacks, heard, self._revive)) != pack(*answered):
                raise LessonError("a function of the check does not say the same every time")
        return heard

    def keep(self, result: ExerciseResult) -> bool:
        """Note that this is what such a conversation leads to; return whether no limit of time had a part in it."""
        whole = self._sound and not self._early and time.monotonic() - self._began < _UNHURRIED_S
        if whole and self._memory.recall(self._mark) is None:
            self._note(_END, encode(result))
        return whole

    # Ahead of the checks

    def foretold(self) -> ExerciseResult | None:
        """Ask what earlier programs were asked; return the result, if one of them gave all the same answers."""
        mark, budget = self._mark, replace(self.budget)
        try:
            while (found := self._memory.recall(self._mark)) is not None:
                if found.startswith(_END):
                    self._early.clear()
                    return decode(found[1:], ExerciseResult)
                scope, aside = _SCOPE.unpack_from(found, 1)
                kept = found[1 + _SCOPE.size :]
                frame = self._memory.recall(kept) if len(kept) == _DIGEST else kept
                if frame is None or not self._ask_early(frame, scope, aside=aside):
                    break
        except _AstrayError:  # its worker has ended, in the middle of a call: the checks begin anew
            self._early.clear()
            self.budget.left_s, self.budget.left_bytes = budget.left_s, budget.left_bytes
        self._mark = mark
        return None

    def _ask_early(self, frame: bytes, scope: int, *, aside: bool) -> bool:
        """Ask a question of an earlier conversation; return whether there is an answer."""
        self._go_on(frame)
        heard = self._heard(Question({}, [], [], things=False, packed=frame), scope, self._recalled, aside=aside)
        self._early.append((frame, heard))
        if isinstance(heard, StudentError):
            return False
        self._go_on(*_words(heard))
        return True

    def _recalled(self, told: Message, heard: Heard) -> Message:
        """Answer a callback as the check's function did; raises `_AstrayError` when it was never told this."""
        self._hear(told)
        found = self._memory.recall(self._mark)
        if found is None:
            raise _AstrayError
        answer = frame_of(found[1:])
        heard.called.append((told, answer))
        return answer

    def _heard(
        self,
        asked: Question,
        scope: int,
        serving: Callable[[Message, Heard], Message] | None = None,
        *,
        aside: bool,
    ) -> Heard | StudentError:
        """Ask the program, and give back the time of a question `aside`, which only serves an explanation."""
        began, before = time.monotonic(), self.budget.left_s
        try:
            return self.callee.exchange(asked, serving)
        except StudentError as error:
            return error
        finally:
            if aside:
                self.budget.left_s = before
            self.seconds[scope] = self.seconds.get(scope, 0.0) + time.monotonic() - began

    # What was said

    def _go_on(self, *parts: Any) -> None:
        """Add what was said to the mark; each part for itself, so that no two ways of cutting it are the same."""
        digest = hashlib.sha256(self._mark)
        for part in parts:
            digest.update(hashlib.sha256(part).digest())
        self._mark = digest.digest()

    def _hear(self, told: Message) -> None:
        """Go on after a callback, which may break every bound."""
        try:
            text = json.dumps(told[0]).encode()
        except (RecursionError, ValueError):
            self._sound, text = False, os.urandom(_DIGEST)  # nobody will say that again
        self._go_on(text, *told[1])

    def _note(self, kind: bytes, what: bytes) -> None:
        if self._sound:
            self._memory.note(self._mark, kind + what)

    def _kept(self, frame: bytes) -> bytes:
        """Return what is kept of a question: a large one once, whatever was said before it."""
        if len(frame) < _LARGE:
            return frame
        digest = hashlib.sha256(frame).digest()
        self._memory.note(digest, frame)
        return digest

    def _revive(self, reference: Reference) -> Any:
        return Handle(self, reference.number, reference.type)


def _words(heard: Heard) -> tuple[Any, ...]:
    """Return a reply as it came, and what was printed; it counts the messages, as every such conversation does."""
    return heard.text, heard.output.encode("utf-8", "surrogatepass"), *heard.blobs
