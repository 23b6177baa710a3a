"""Callees: anything a check can call functions on (submission, reference, a wrong variant).

`Callee.answer(call)` is the one seam: a call goes in, an answer or a `StudentError` comes out. `WorkerCallee`
asks a forked worker; tests pass other callees. `Proxy` gives it the shape of a module for the authors of checks.
"""

import ast
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import torch

from grader.compare import Foreign
from grader.results import Verdict
from grader.worker.launch import Zygote
from grader.worker.process import Budget, Reply, Worker, WorkerError, WorkerTimeoutError
from grader.worker.wire import Decoder, Encoder, NotDataError, Reference, TensorFacts, WireError, pack

_JAIL_LIMIT_S: Final = 60.0
NOT_WRITTEN: Final = "Not written yet."
MOST_CALLBACKS: Final = 10_000
"""Callbacks in one call: far above what an exercise needs, and a bound on what is kept of them."""
_CALLBACK_BYTES: Final = 1 << 20
_NO_MEMORY: Final = ("can't allocate memory", "not enough memory", "Cannot allocate memory", "out of memory")


MALFORMED: Final = (WireError, KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError)
"""What reading a reply may raise when the worker sent something else than it should."""


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
    """`call`, `get` or `operate`."""
    name: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    """Names of the positional arguments, for paths such as `params["W1"]`."""
    handle: int = 0
    seed: int = 0
    device: str | None = None
    pretend: str | None = None
    requires_grad: bool = False
    strided: bool = False


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
    error: tuple[float, float] | None = None
    """The largest measured error relative to its limit: (observed, allowed)."""
    dtype: str = "float64"

    def measured(self, observed: float, allowed: float) -> None:
        """Keep the error that came closest to its limit."""
        known = self.error
        if known is None or observed * known[1] > known[0] * allowed:
            self.error = (observed, allowed)


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


@dataclass
class Handle(Foreign):
    """A thing that stayed in the worker: a module, a closure, an iterator."""

    callee: Callee
    number: int
    type: str
    """Class name, as the worker claims it."""

    def _use(self, action: str, *args: Any, **kwargs: Any) -> Answer:
        return self.callee.answer(Call("operate", action, args, kwargs, handle=self.number))

    def __getattr__(self, name: str) -> Any:
        """Return an attribute: data by value, everything else as a handle."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self._use("attribute", name).value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the thing."""
        return self._use("call", *args, **kwargs).value

    def __getitem__(self, key: Any) -> Any:
        """Return an item."""
        return self._use("item", key).value

    def __len__(self) -> int:
        """Return the thing's length."""
        length = self._use("length").value
        return length if type(length) is int else 0

    def __iter__(self) -> Iterator[Any]:
        """Iterate, one round trip an item."""
        iterator = self._use("iterate").value
        if not isinstance(iterator, Handle):
            return
        while not (step := iterator._use("next")).exhausted:  # noqa: SLF001  the same class
            yield step.value

    def __bool__(self) -> bool:
        """Return True: a handle is there."""
        return True

    def __repr__(self) -> str:
        return f"<{self.type} in the worker>"


@dataclass
class Spy:
    """A callable with a name that traces remember."""

    name: str
    function: Callable[..., Any]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        return self.function(*args, **kwargs)


@dataclass
class WorkerCallee:
    """A program in a worker of its own; the worker starts with the first call."""

    zygote: Zygote
    source: Source
    budget: Budget
    forbid: tuple[str, ...] = ()
    device: str | None = None
    limits: dict[str, int] = field(default_factory=dict)
    """Limits of the worker's resources, by the names of `jail.Limits`."""
    answers: dict[bytes, Reply] | None = None
    """Known answers by request, where the same request need not be made twice: of trusted programs, and in the contract."""
    _worker: Worker | None = None
    _loading: bool = False
    _asking: bool = False
    todo: tuple[str, ...] = ()
    untouched: bool = False
    """Nothing in the program is written yet."""

    def begin(self) -> None:
        """Have a worker forked that enters its jail and loads the program, and go on without waiting for it."""
        source = self.source
        self._worker = self.zygote.spawn(
            [source.folder] if source.folder else [], self.limits, devices=self.device is not None
        )
        self._loading = True
        self._worker.post(self._load_message())

    def _load_message(self) -> dict[str, Any]:
        source = self.source
        return {
            "kind": "load",
            "source": source.text,
            "file": source.file,
            "module": source.module,
            "siblings": source.folder,
            "forbid": list(self.forbid),
        }

    def become(self, source: Source) -> None:
        """Load another program into the same worker: for trusted variants, which need no process of their own."""
        fresh = self._worker is None or not self._worker.alive
        if not fresh:
            self.start()
        self.source = source
        if fresh:
            self.start()
            return
        self._refuse(self._reply(lambda worker: worker.exchange(self._load_message(), [], self.budget)).header)

    def start(self) -> None:
        """Make sure that the program is loaded; raises `StudentError` when it cannot be."""
        if self._worker is None or not self._worker.alive:
            self.begin()
        if not self._loading:
            return
        self._loading = False
        jail = self._reply(lambda worker: worker.receive(Budget(_JAIL_LIMIT_S, _JAIL_LIMIT_S)))
        self.zygote.confined(jail.header)
        reply = self._reply(lambda worker: worker.receive(self.budget))
        self._refuse(reply.header)
        todo = reply.header.get("todo")
        self.todo = tuple(str(name) for name in todo) if isinstance(todo, list) else ()
        self.untouched = bool(reply.header.get("untouched"))

    @property
    def alive(self) -> bool:
        """Whether its worker has started and still answers."""
        return self._worker is not None and self._worker.alive

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.close()

    def answer(self, call: Call) -> Answer:
        """Ask the worker."""
        if self._asking:
            raise LessonError("a callback used its own submission while that was waiting for the callback's answer")
        encoder = Encoder()
        callbacks: list[Any] = []
        trace: list[tuple[str, tuple[Any, ...]]] = []

        def keep(value: Any) -> Reference:
            if isinstance(value, Handle):
                return Reference(value.number, "handle", value.type)
            if not callable(value):
                raise NotDataError(f"a check passed a {type(value).__name__}, which cannot travel to a worker")
            callbacks.append(value)
            return Reference(len(callbacks) - 1, "callback", _callback_name(value))

        encoder.keep = keep
        header = self._header(call, encoder)
        key = b""
        if self.answers is not None and not callbacks and call.kind == "call":
            key = pack(header, encoder.blobs)
            if key in self.answers:
                return self._decoded(self.answers[key])  # anew, so that no check can spoil it for the next
        self.start()
        self._asking = True
        try:
            reply = self._reply(
                lambda worker: worker.exchange(
                    header, encoder.blobs, self.budget, lambda asked: self._call_back(asked, callbacks, trace)
                )
            )
            self._refuse(reply.header)
            answer = self._decoded(reply)
        finally:
            self._asking = False
        answer.trace = trace
        if self.answers is not None and key:
            self.answers[key] = reply
        return answer

    def _header(self, call: Call, encoder: Encoder) -> dict[str, Any]:
        if call.kind == "get":
            return {"kind": "get", "name": call.name}
        return {
            "kind": call.kind,
            "name": call.name,
            "action": call.name,
            "handle": call.handle,
            "args": [encoder.encode(value) for value in call.args],
            "kwargs": {name: encoder.encode(value) for name, value in call.kwargs.items()},
            "names": list(call.names),
            "options": {
                "seed": call.seed,
                "device": call.device or self.device,
                "pretend": call.pretend,
                "requires_grad": call.requires_grad,
                "strided": call.strided,
            },
        }

    def _call_back(
        self, reply: Reply, callbacks: list[Any], trace: list[tuple[str, tuple[Any, ...]]]
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Serve a callable of the check to the submission; the submission's values are plain data here."""
        decoder = Decoder(reply.blobs, revive=self._revive)
        try:
            number = reply.header["number"]
            function = callbacks[number] if type(number) is int and number >= 0 else None
            if sum(len(blob) for blob in reply.blobs) > _CALLBACK_BYTES:
                raise WireError("the arguments of a callback are too large")
            args = tuple(decoder.decode(tree) for tree in reply.header["args"])
            kwargs = {str(name): decoder.decode(tree) for name, tree in reply.header["kwargs"].items()}
        except MALFORMED as error:
            raise error if isinstance(error, WireError) else WireError("a callback is malformed") from error
        if function is None:
            raise WireError("a callback names a function that was not passed")
        name = _callback_name(function)
        trace.append((name, tuple(_copied(value) for value in args)))
        if len(trace) > MOST_CALLBACKS:
            raise StudentError(Verdict.TIMED_OUT, f"The code called `{name}` more than {MOST_CALLBACKS} times.")
        encoder = Encoder()
        try:
            value = encoder.encode(function(*args, **kwargs))
        except Exception as error:
            return {"kind": "failed", "type": type(error).__name__, "message": str(error)[:1000]}, []
        return {"kind": "returned", "value": value}, encoder.blobs

    def _reply(self, ask: Callable[[Worker], Reply]) -> Reply:
        """Return the worker's reply; its end becomes a `StudentError`."""
        worker = self._worker
        if worker is None:
            raise LessonError("a worker was used before it was started")
        limit = self.budget.limit()
        try:
            return ask(worker)
        except WorkerTimeoutError:
            raise StudentError(Verdict.TIMED_OUT, _too_long(limit), output=worker.take_output()) from None
        except WorkerError as error:
            raise StudentError(Verdict.KILLED, str(error), output=worker.take_output()) from None

    def _output(self) -> str:
        return self._worker.take_output() if self._worker is not None else ""

    def _refuse(self, header: dict[str, Any]) -> None:
        """Raise the error that a reply stands for."""
        try:
            error = self._error(header)
        except MALFORMED:
            error = StudentError(Verdict.KILLED, "The answer could not be read: its error is malformed.")
        if error is not None:
            raise error

    def _error(self, header: dict[str, Any]) -> StudentError | None:
        violations = self._worker.violations if self._worker is not None else []
        if violations:
            first = violations[0]
            return StudentError(
                Verdict.FORBIDDEN,
                f"`{str(first.get('name'))[:80]}` is not allowed in this exercise: write the computation yourself.",
                line=_line(first.get("line")),
                output=self._output(),
            )
        if header.get("kind") == "raised":
            return _student_error(header, self._output())
        if header.get("kind") not in ("answer", "loaded"):
            return StudentError(Verdict.KILLED, "The answer could not be read: it is not an answer.")
        return None

    def _revive(self, reference: Reference) -> Any:
        return Handle(self, reference.number, reference.type)

    def _decoded(self, reply: Reply) -> Answer:
        decoder = Decoder(reply.blobs, revive=self._revive)
        header = reply.header
        output = self._output()
        try:
            generators = {str(path): decoder.decode(tree) for path, tree in header.get("generators", [])}
            facts = [TensorFacts(**fact) for fact in header.get("facts", [])]
            sound = all(isinstance(generator, torch.Generator) for generator in generators.values())
            words = (word for fact in facts for word in (fact.path, fact.dtype, fact.device, fact.type))
            if not sound or not all(isinstance(word, str) for word in words):
                raise WireError("a claim about the result is malformed")
            return Answer(
                value=decoder.decode(header["value"]),
                mutated={str(path): decoder.decode(tree) for path, tree in header.get("mutated", [])},
                generators=generators,
                aliases=[str(path) for path in header.get("aliases", [])],
                counts={str(name): int(count) for name, count in dict(header.get("counts", {})).items()},
                facts=facts,
                stdout=output,
                warnings=[str(text) for text in header.get("warnings", [])],
                exhausted=bool(header.get("exhausted")),
            )
        except MALFORMED as error:
            raise StudentError(Verdict.KILLED, f"The answer could not be read: {error}.", output=output) from error


def _callback_name(function: Any) -> str:
    return function.name if isinstance(function, Spy) else str(getattr(function, "__name__", "callback"))


def _copied(value: Any) -> Any:
    return value.clone() if isinstance(value, torch.Tensor) else value


def _line(value: Any) -> int | None:
    return value if type(value) is int and value > 0 else None


def _too_long(limit: float) -> str:
    return (
        f"The code did not finish within {limit:.3g} seconds. Is there a loop that never ends, "
        "or one that does far more work than needed?"
    )


def _student_error(header: dict[str, Any], output: str) -> StudentError:
    """Return the error that a `raised` reply describes."""
    types = tuple(str(name) for name in header.get("type", []))
    name, text = str(header.get("name", "")), str(header.get("message", "")).strip()
    line = _line(header.get("line"))
    frames = [str(frame) for frame in header.get("frames", [])][-4:]
    verdict = Verdict.RAISED
    if "NotImplementedError" in types:
        verdict, message = Verdict.NOT_ATTEMPTED, NOT_WRITTEN
    elif "MissingName" in types:
        message = f"The file does not define `{text}`. Keep the names and signatures of the stub."
    elif "NotDataError" in types:
        verdict, message = Verdict.WRONG, f"The answer cannot be graded: {text}."
    elif "SyntaxError" in types:
        message = f"The file cannot be read as Python: {text} (line {line})."
    elif "MemoryError" in types or any(words in text for words in _NO_MEMORY):
        verdict, message = Verdict.KILLED, "The code asked for more memory than a submission may use."
    elif "SystemExit" in types or "KeyboardInterrupt" in types:
        message = f"The code ended the program itself ({name}): a function should return its result."
    else:
        message = f"{name}: {text}" if text else name
    if frames and verdict is not Verdict.NOT_ATTEMPTED:
        message = "\n".join([message, *(f"  {frame}" for frame in frames)])
    return StudentError(verdict, message, line=line, types=types, output=output)


@dataclass
class Proxy:
    """A callee in the shape of a module: `submission.backward(X, y)`, `submission.ANSWERS`."""

    _callee: Callee
    _functions: dict[str, tuple[str, ...]]
    """Functions of the exercise and the names of their parameters, from the reference."""
    _records: list[Record] = field(default_factory=list)
    _seed: int = 0
    _outputs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of the parts of a tuple that a function returns, from the reference."""
    _device: str | None = None
    """The device its arguments are moved to; None means the CPU."""

    def __getattr__(self, name: str) -> Any:
        """Return a function of the exercise, or the value of a data attribute."""
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._functions:
            return self._ask(Call("get", name)).value

        def function(*args: Any, **kwargs: Any) -> Any:
            return self.answer(name, args, kwargs).value

        function.__name__ = name
        return function

    def answer(
        self,
        name: str,
        args: tuple[Any, ...] | dict[str, Any] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        device: str | None = None,
        pretend: str | None = None,
        requires_grad: bool = False,
        strided: bool = False,
    ) -> Answer:
        """Call a function and return the whole answer; `args` may be a family's dictionary of arguments.

        `pretend` makes a dry run on another device, `requires_grad` and `strided` change the arguments' tensors.
        """
        values = tuple(args.values()) if isinstance(args, dict) else args
        call = Call(
            *("call", name, values, kwargs or {}),
            names=self._functions.get(name, ())[: len(values)],
            seed=self._seed,
            device=device,
            pretend=pretend,
            requires_grad=requires_grad,
            strided=strided,
        )
        return self._ask(call)

    def quietly(self, name: str, args: dict[str, Any]) -> Answer:
        """Call a function without leaving a record: for explanations, not for verdicts."""
        values = tuple(args.values())
        return self._callee.answer(Call("call", name, values, names=self._functions.get(name, ()), seed=self._seed))

    def _ask(self, call: Call) -> Answer:
        record = Record(call)
        self._records.append(record)
        try:
            record.answer = self._callee.answer(call)
        except StudentError as error:
            record.error = error
            raise
        return record.answer


@dataclass
class Variant:
    """A program that shares a worker with other trusted programs; loaded whenever its turn comes."""

    shared: WorkerCallee
    source: Source

    def answer(self, call: Call) -> Answer:
        """Load the program if another one was there, and ask it."""
        if self.shared.source is not self.source:
            self.shared.become(self.source)
        return self.shared.answer(call)

    def close(self) -> None:
        """Leave the worker to the others."""


def outline(source: str) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Return a program's functions with the names of their parameters, and of the parts of what they return."""
    functions: dict[str, tuple[str, ...]] = {}
    outputs: dict[str, tuple[str, ...]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            functions[node.name] = ()
        elif isinstance(node, ast.FunctionDef):
            functions[node.name] = tuple(arg.arg for arg in [*node.args.args, *node.args.kwonlyargs])
            last = node.body[-1]
            if isinstance(last, ast.Return) and isinstance(last.value, ast.Tuple):
                names = [one.id if isinstance(one, ast.Name) else "" for one in last.value.elts]
                if all(names):
                    outputs[node.name] = tuple(names)
    return functions, outputs
