"""Replaying what checks asked a submission: the distinct calls, the reference's answers, and those of other programs."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from grader.calls import Answer, Call, Callee, NotRecordedError, Record, StudentError
from grader.compare import Rule, compare
from grader.proxy import handles
from grader.results import Verdict
from grader.values import Foreign, safe_repr
from grader.worker.channel import pack
from grader.worker.wire import Encoder, NotDataError

AS_MISTAKE: Final = Rule("equal to a mistake", relative=1e-8, absolute=1e-12)
"""Ten times the rule for right answers: what counts as answering like a mistake."""
AS_DIFFERENT: Final = Rule("different from the reference", relative=1e-5, absolute=1e-12)
"""A mistake closer to the reference than this is blind on that input."""
AS_MISTAKE_FLOAT32: Final = Rule("equal to a mistake, in float32", relative=1e-4, absolute=1e-7)
AS_DIFFERENT_FLOAT32: Final = Rule("different from the reference, in float32", relative=1e-3, absolute=1e-6)
"""For answers that are float32 although float64 was asked for: rounding is 1e-7 of the values, and grows with the steps."""
_RAISED: Final = re.compile(r": (raise|assert)\b")
_NUMBERS: Final = re.compile(r"\d+(?:[x.]\d+)*")
_VALUE_KINDS: Final = ("W", "R")
_WORDS: Final = ("outcome", "error", "aliases", "graph", "dtypes", "counts")
"""Parts of an answer that hold no tensors: where they are equal, nothing has to be compared."""
_ANSWERED: Final = (Verdict.RAISED, Verdict.WRONG)
_LOW: Final = ("float32", "float16", "bfloat16")


@dataclass(frozen=True)
class Trial:
    """What one check found out about the submission."""

    kind: str
    failed: bool
    records: Sequence[Record]


@dataclass
class Step:
    """One recorded call with the submission's and the reference's answers, in comparable parts."""

    call: Call
    mine: dict[str, Any]
    trials: set[int]
    failed: bool
    values: bool
    low: bool
    """The submission answered in float32 what it was asked in float64."""
    right: dict[str, Any] = field(default_factory=dict)

    def equal(self, left: dict[str, Any], right: dict[str, Any], name: str, *, different: bool = False) -> bool:
        """Return whether a part of two answers is the same, or (`different`) too near to tell a mistake."""
        if (name in left) != (name in right):
            return False
        if name not in left or (name in _WORDS and left[name] == right[name]):
            return True
        rule = (AS_DIFFERENT_FLOAT32 if self.low else AS_DIFFERENT) if different else None
        rule = rule or (AS_MISTAKE_FLOAT32 if self.low else AS_MISTAKE)
        return compare(left[name], right[name], rule).difference is None

    def shown(self, answer: dict[str, Any]) -> list[str]:
        """Return the parts in which an answer differs from the reference's."""
        return [
            name
            for name in answer.keys() | self.right.keys()
            if not self.equal(answer, self.right, name, different=True)
        ]

    @property
    def wrong(self) -> bool:
        """Whether the submission's value is not the reference's."""
        names = [name for name in self.mine.keys() | self.right.keys() if name == "outcome" or name.startswith("value")]
        return any(not self.equal(self.mine, self.right, name, different=True) for name in names)


class Programs:
    """Programs by their source; each is made when it is needed, and asked each question once."""

    def __init__(self, make: Callable[[str], Callee]) -> None:
        self._make = make
        self._known: dict[tuple[str, int], dict[str, Any]] = {}
        self._made: dict[str, Callee] = {}

    def ask(self, source: str, step: Step) -> dict[str, Any]:
        """Return the parts of a program's answer."""
        key = (source, id(step))
        if key not in self._known:
            try:
                self._known[key] = parts(self._callee(source).answer(step.call), None)
            except StudentError as error:
                self._known[key] = parts(None, error)
            except NotRecordedError:
                self._known[key] = step.right  # nothing is known that could tell it apart
        return self._known[key]

    def knows(self, source: str, step: Step) -> bool:
        """Return whether the answer is known already."""
        return (source, id(step)) in self._known

    def _callee(self, source: str) -> Callee:
        if source not in self._made:
            self._made[source] = self._make(source)
        return self._made[source]


def steps_of(trials: Sequence[Trial], programs: Programs, source: str) -> list[Step]:
    """Return the distinct calls, the most telling and cheapest first, with the reference's answers."""
    steps: list[Step] = []
    known: dict[bytes, Step] = {}
    for index, trial in enumerate(trials):
        values = trial.kind in _VALUE_KINDS
        if not trial.failed and not values:
            continue
        for record in trial.records:
            if record.answer is None and not _counts(record.error):
                continue
            key = _fingerprint(record)
            if key and key in known:
                step = known[key]
                step.failed, step.values = step.failed or trial.failed, step.values or values
                step.trials.add(index)
                continue
            mine = parts(record.answer, record.error)
            step = Step(record.call, mine, {index}, trial.failed, values, _is_low(record))
            steps.append(step)
            if key:
                known[key] = step
    for step in steps:
        step.right = programs.ask(source, step)
    steps = [step for step in steps if step.right]
    if all(step.call.kind in ("call", "get") for step in steps):  # else calls build on earlier ones
        steps.sort(key=lambda step: (not step.values, not step.failed, _length(step.call)))
    return steps


def _length(call: Call) -> int:
    """Return about how many times a call repeats its work: the product of its counts."""
    values = [*call.args, *call.kwargs.values()]
    return math.prod(value for value in values if type(value) is int and value > 1)


def _fingerprint(record: Record) -> bytes:
    """Return what makes a call the same as another; nothing for calls that use or make things in the worker."""
    call = record.call
    if call.kind == "get":
        return call.name.encode()
    if call.kind != "call" or (record.answer is not None and any(handles(record.answer.value))):
        return b""
    encoder = Encoder()
    try:
        tree = encoder.encode([list(call.args), call.kwargs])
    except (NotDataError, ValueError, TypeError, OverflowError):
        return b""
    options = [call.name, list(call.names), call.seed, call.device, call.pretend]
    options += [call.requires_grad, call.strided, call.graphs]
    return pack({"call": tree, "options": options}, encoder.blobs)


def _counts(error: StudentError | None) -> bool:
    return error is not None and error.verdict in _ANSWERED


def _is_low(record: Record) -> bool:
    return record.answer is not None and any(fact.dtype in _LOW for fact in record.answer.facts)


def parts(answer: Answer | None, error: StudentError | None) -> dict[str, Any]:
    """Return what an outcome consists of; a mistake is compared only in the parts where it shows."""
    if answer is None:
        outcome = {"outcome": error.types[0] if error and error.types else "none"}
        return {**outcome, "error": said} if error and (said := _said(error)) else outcome
    found = {
        "outcome": "answer",
        "mutated": answer.mutated,
        "aliases": sorted(answer.aliases),
        "graph": sorted(answer.requires_grad),
        "dtypes": [f"{fact.path}: {fact.dtype}" for fact in answer.facts],
        "generators": {path: generator.get_state() for path, generator in answer.generators.items()},
        "trace": _by_function(answer.trace),
        "counts": answer.counts,
    }
    if isinstance(answer.value, dict):  # entry by entry: one wrong answer in a quiz does not hide another
        return {
            **found,
            **{f"value[{safe_repr(key)}]": _plain_text(_without_handles(value)) for key, value in answer.value.items()},
        }
    return {**found, "value": _without_handles(answer.value)}


def _by_function(trace: Sequence[tuple[str, tuple[Any, ...]]]) -> dict[str, Any]:
    """Return what each passed function was given, in order; which of two functions is asked first is a matter of style."""
    found: dict[str, list[Any]] = {}
    for name, args in trace:
        found.setdefault(name, []).append(_without_handles(list(args)))
    return found


def _said(error: StudentError) -> str:
    """Return what torch said, without numbers; nothing for other errors, and where a program raised it itself.

    Many faults raise a RuntimeError: only those that also say the same are alike.
    """
    if error.types[:1] != ("RuntimeError",):
        return ""
    first, *frames = error.message.splitlines() or [""]
    own = bool(frames) and bool(_RAISED.search(frames[-1]))
    return "" if own else _NUMBERS.sub("#", first)


def _without_handles(value: Any) -> Any:
    """Return the value with the type of a thing in its place: two programs never give out the same thing."""
    if isinstance(value, Foreign):
        return f"a {value.type}"
    if type(value) in (list, tuple):
        return type(value)(_without_handles(one) for one in value)
    if type(value) is dict:
        return {key: _without_handles(one) for key, one in value.items()}
    return value


def _plain_text(value: Any) -> Any:
    """Return text as quizzes compare it: without regard to case and spaces around it."""
    return value.strip().lower() if isinstance(value, str) else value
