"""Programs in workers: `WorkerCallee` asks a forked worker; trusted programs may share one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import torch

from grader.calls import Answer, Call, LessonError, Source, StudentError
from grader.proxy import Handle, Spy
from grader.refusals import line_of, student_error, too_long
from grader.results import Verdict
from grader.worker.channel import pack
from grader.worker.launch import Zygote
from grader.worker.process import Budget, Reply, Worker, WorkerError, WorkerTimeoutError
from grader.worker.wire import Decoder, Encoder, NotDataError, Reference, TensorFacts, WireError

_JAIL_LIMIT_S: Final = 60.0
MOST_CALLBACKS: Final = 10_000
"""Callbacks in one call: far above what an exercise needs, and a bound on what is kept of them."""
_CALLBACK_BYTES: Final = 1 << 20


MALFORMED: Final = (WireError, KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError)
"""What reading a reply may raise when the worker sent something else than it should."""


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
        handles = 0
        trace: list[tuple[str, tuple[Any, ...]]] = []

        def keep(value: Any) -> Reference:
            nonlocal handles
            if isinstance(value, Handle):
                handles += 1
                return Reference(value.number, "handle", value.type)
            if not callable(value):
                raise NotDataError(f"a check passed a {type(value).__name__}, which cannot travel to a worker")
            callbacks.append(value)
            return Reference(len(callbacks) - 1, "callback", _callback_name(value))

        encoder.keep = keep
        header = self._header(call, encoder)
        key = b""
        if self.answers is not None and not callbacks and not handles and call.kind == "call":
            key = pack({**header, "scope": 0, "place": 0}, encoder.blobs)
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
            "scope": call.scope,
            "place": call.place,
            "source": call.source,
            "args": [encoder.encode(value) for value in call.args],
            "kwargs": {name: encoder.encode(value) for name, value in call.kwargs.items()},
            "names": list(call.names),
            "options": {
                "seed": call.seed,
                "device": call.device or self.device,
                "pretend": call.pretend,
                "requires_grad": call.requires_grad,
                "strided": call.strided,
                "measure": call.measure,
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
            raise StudentError(Verdict.TIMED_OUT, too_long(limit), output=worker.take_output()) from None
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
                line=line_of(first.get("line")),
                output=self._output(),
            )
        if header.get("kind") == "raised":
            return student_error(header, self._output())
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
            words = (word for fact in facts for word in (fact.path, fact.dtype, fact.device, fact.type, fact.origin))
            lines = (fact.line for fact in facts if fact.line is not None)
            sound = sound and all(isinstance(word, str) for word in words) and all(map(line_of, lines))
            if not sound:
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
                narrow=(self.device or "").startswith("mps"),
            )
        except MALFORMED as error:
            raise StudentError(Verdict.KILLED, f"The answer could not be read: {error}.", output=output) from error


def _callback_name(function: Any) -> str:
    return function.name if isinstance(function, Spy) else str(getattr(function, "__name__", "callback"))


def _copied(value: Any) -> Any:
    return value.clone() if isinstance(value, torch.Tensor) else value


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
