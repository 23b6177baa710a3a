"""Calls and answers: the records that travel between checks and programs, and what can go wrong.

`Callee.answer(call)` is the one seam: a call goes in, an answer or a `StudentError` comes out.
"""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

from grader.results import Verdict
from grader.worker.wire import TensorFacts


class StudentError(Exception):
    """The submission did not answer: it raised, ran too long, died, or used what is forbidden."""

    def __init__(
        self, verdict: Verdict, message: str, *, line: int | None = None, types: tuple[str, ...] = (), output: str = ""
    ) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.message = message
        self.line = line
        self.types = types
        """Names of the built-in classes of the exception, most special first."""
        self.output = output


class LessonError(Exception):
    """The lesson is at fault (its reference, its checks): never costs a student points."""


class NotRecordedError(LessonError):
    """The reference is not here, and its answer key does not hold this answer."""


@dataclass
class Spent:
    """What the calls of a program have cost, without its start."""

    calls: int = 0
    seconds: float = 0.0
    """Of a processor."""
    bytes: int = 0
    """By which its memory grew at most."""


@dataclass(frozen=True)
class Source:
    """A program to load into a worker."""

    text: str
    file: str
    """The name in messages and tracebacks, e.g. `lesson_2_3_…/ex2_backward.py`."""
    module: str
    folder: str | None = None
    """Folder of sibling modules that the program may import."""


@dataclass(frozen=True)
class Call:
    """One use of a callee: a function call, an attribute, or an operation on a handle."""

    kind: str
    """`call`, `get`, `operate` (on a handle) or `inside` (a function of the check, run beside the program)."""
    name: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    """Names of the positional arguments, for paths such as `params["W1"]`."""
    handle: int = 0
    source: str = ""
    """The function's text, of a call `inside`."""
    scope: int = 0
    """Handles are kept until a call of another scope comes: a check, as seen by one program."""
    place: int = 0
    """Position of the call in its scope; handles are numbered by it, so that a replay finds the same numbers."""
    seed: int = 0
    device: str | None = None
    pretend: str | None = None
    requires_grad: bool = False
    strided: bool = False
    graphs: bool = False
    """Have operations record graphs also where differentiation is forbidden; it stays forbidden."""
    measure: bool = False
    """Count what the call does: `operations`, `steps`, `reads` and `elements` among the answer's counts."""


@dataclass
class Answer:
    """What came back from a call. Everything but `value` and `trace` is the worker's claim about itself."""

    value: Any = None
    mutated: dict[str, Any] = field(default_factory=dict)
    """Paths of arguments that the call changed, with their new values."""
    aliases: list[str] = field(default_factory=list)
    """Paths of arguments whose memory the result shares."""
    generators: dict[str, Any] = field(default_factory=dict)
    """States after the call, by path of the argument."""
    trace: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    """The callbacks that were called, in order, with copies of their arguments."""
    counts: dict[str, int] = field(default_factory=dict)
    facts: list[TensorFacts] = field(default_factory=list)
    stdout: str = ""
    warnings: list[str] = field(default_factory=list)
    exhausted: bool = False
    narrow: bool = False
    """It comes from a device without float64; numbers of Python's do not show it."""

    @property
    def requires_grad(self) -> list[str]:
        """Paths of result tensors that still carry a graph."""
        return [fact.path for fact in self.facts if fact.requires_grad]


@dataclass
class Record:
    """A call and what came of it."""

    call: Call
    answer: Answer | None = None
    error: StudentError | None = None


@dataclass
class Evidence:
    """What one check did: its calls on the submission and how many comparisons it made."""

    calls: list[Record] = field(default_factory=list)
    comparisons: int = 0
    explain: bool = True
    """Whether it is worth finding out more about a wrong answer than that it is wrong."""
    foresee: bool = False
    """Whether the reference is asked what other answers than this one may call for, because it is being recorded."""
    error: tuple[float, float] | None = None
    """The largest measured error relative to its limit: (observed, allowed)."""
    rule: str = ""
    """The rule that set this limit."""
    dtype: str = "float64"
    compared: list[tuple[Any, ...]] | None = None
    """What was compared, where a report draws it: got, expected, rule, names of the parts, name of the whole."""
    outputs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of the parts of a tuple that a function of the exercise returns."""

    def names_of(self, value: Any) -> tuple[str, ...]:
        """Return the names of the parts of a value that is a whole answer; nothing for any other."""
        for record in self.calls:
            if record.answer is not None and record.answer.value is value:
                return self.outputs.get(record.call.name, ())
        return ()

    def measured(self, observed: float, allowed: float, rule: str = "") -> None:
        """Keep the error that came closest to its limit."""
        known = self.error
        if known is None or observed * known[1] > known[0] * allowed:
            self.error, self.rule = (observed, allowed), rule


EVIDENCE: ContextVar[Evidence] = ContextVar("EVIDENCE")
"""The running check's evidence: a context variable, so that `assert_close` needs no extra argument."""


def evidence() -> Evidence:
    """Return the running check's evidence, or a fresh one outside of a check."""
    try:
        return EVIDENCE.get()
    except LookupError:
        return Evidence()


class Callee(Protocol):
    """The seam between checks and programs."""

    def answer(self, call: Call) -> Answer:
        """Return the answer; raises `StudentError` when there is none."""
        ...
