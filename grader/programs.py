"""The trusted programs of a run: references and known mistakes, live in workers or from answer keys."""

import contextlib
from collections.abc import Iterator
from typing import Any, Final

from grader.answer_key import Absent, AnswerKey, KeyWriter
from grader.answers import Memory, Remembered
from grader.attempt import Attempt, Settings
from grader.callee import Variant, WorkerCallee
from grader.calls import Source, Spent
from grader.lessons import Exercise
from grader.replay import Programs, Trial, steps_of
from grader.trusted import Trusted, trusted
from grader.values import numbers
from grader.worker.launch import Zygote
from grader.worker.process import Budget

_LIMIT_S: Final = 120.0
_BYTES: Final = 1 << 30
_REPLAY_LIMIT_S: Final = 20.0
"""Seconds for replaying the calls of an exercise; a wrong variant may never end."""

_MOST_NUMBERS: Final = 20_000
"""In an answer of the reference whose wrong variants are recorded: large samples fill a key and tell no more."""


class TrustedPrograms:
    """Starts references and known mistakes, and keeps what they have answered."""

    def __init__(self, settings: Settings, zygote: Zygote) -> None:
        self._settings, self._zygote = settings, zygote
        self.memory = Memory(settings.memory)
        self._keys: dict[str, AnswerKey] = {}
        self._writer = KeyWriter(settings.record) if settings.record is not None else None

    def of(self, exercise: Exercise) -> Trusted:
        """Return what is known of an exercise's reference; raises `LessonError`."""
        return trusted(self._settings.course, exercise, self._keys)

    def reference(self, attempt: Attempt) -> Remembered:
        """Return the reference; its worker serves all checks of the exercise."""
        if attempt.reference is None:
            if attempt.trusted.key is not None:
                attempt.reference = self._recorded(attempt.trusted.key, attempt.trusted.source)
                return attempt.reference
            worker = self._worker(attempt)
            if self._settings.memory is None:  # else it may never be needed
                worker.begin()
            attempt.reference = self._remembered(worker, attempt.trusted.source)
        return attempt.reference

    @contextlib.contextmanager
    def replayed(self, attempt: Attempt) -> Iterator[Programs]:
        """Yield the reference and its variants: in one worker, or from the answer key."""
        key = attempt.trusted.key
        if key is not None:
            yield Programs(lambda text: self._recorded(key, text))
            return
        with contextlib.closing(self._worker(attempt)) as shared:
            shared.budget = Budget(_REPLAY_LIMIT_S / 4, _REPLAY_LIMIT_S)
            yield Programs(lambda text: self._remembered(Variant(shared, _source(attempt, text)), text))

    def record(self, attempt: Attempt) -> None:
        """While an answer key is written: have every known mistake answer whatever the checks asked."""
        if self._writer is None:
            return
        trials = [Trial(one.kind, True, one.records) for one in attempt.findings]
        source = attempt.trusted.source
        with self.replayed(attempt) as programs:
            steps = [one for one in steps_of(trials, programs, source) if _size(one.right) <= _MOST_NUMBERS]
        for mistake in attempt.trusted.mistakes()[0]:
            with self.replayed(attempt) as programs:  # each with a budget of its own
                for step in steps:
                    programs.ask(mistake.variant(source), step)

    def spent(self, attempt: Attempt) -> Spent | None:
        """Return what the calls of the reference have cost, in this run or in the one that asked it first; None: not known."""
        if attempt.reference is None or not isinstance(attempt.reference.live, WorkerCallee):
            return None
        found = self.memory.spent(attempt.trusted.source, attempt.reference.live.spent)
        return found if found.calls else None

    def close(self) -> None:
        """Keep what is worth keeping."""
        for known in (self.memory, self._writer, *self._keys.values()):
            if known is not None:
                known.close()

    def _worker(self, attempt: Attempt) -> WorkerCallee:
        return WorkerCallee(self._zygote, _source(attempt, attempt.trusted.source), Budget(_LIMIT_S, _LIMIT_S, _BYTES))

    def _remembered(self, live: WorkerCallee | Variant, text: str) -> Remembered:
        return Remembered(live, self._writer or self.memory, text)

    @staticmethod
    def _recorded(key: AnswerKey, program: str) -> Remembered:
        return Remembered(Absent(), key, program)


def _source(attempt: Attempt, text: str) -> Source:
    return Source(text, f"reference of {attempt.exercise.id}", attempt.exercise.name)


def _size(parts: dict[str, Any]) -> int:
    return sum(tensor.numel() for _, tensor in numbers(parts))
