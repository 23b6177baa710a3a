"""One exchange with a program: what a call becomes on the wire, what is said meanwhile, what a reply means."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import torch

from grader.calls import Answer, Call, StudentError
from grader.proxy import Handle, Spy
from grader.refusals import line_of, student_error
from grader.results import Verdict
from grader.worker.channel import pack
from grader.worker.wire import Decoder, Encoder, NotDataError, Reference, TensorFacts, WireError

MOST_CALLBACKS: Final = 10_000
"""Callbacks in one call: far above what an exercise needs, and a bound on what is kept of them."""
_CALLBACK_BYTES: Final = 1 << 20
MALFORMED: Final = (WireError, KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError)
"""What reading a reply may raise when the worker sent something else than it should."""

Message = tuple[dict[str, Any], list[Any]]
"""A header and the raw bytes that it speaks of."""


@dataclass
class Question:
    """A call as it travels."""

    header: dict[str, Any]
    blobs: list[bytes]
    callbacks: list[Any]
    """The callables of the check that the program may call, by number."""
    things: bool
    """It uses a thing that an earlier call left in the worker, or runs beside the program to make one."""
    packed: bytes = b""
    """The same in one piece, where that is known."""

    @property
    def frame(self) -> bytes:
        """The question in one piece; raises `NotDataError` when it is too large."""
        self.packed = self.packed or pack(self.header, self.blobs)
        return self.packed


@dataclass
class Heard:
    """A reply, and the callbacks that came before it."""

    header: dict[str, Any]
    blobs: list[Any]
    output: str = ""
    called: list[tuple[Message, Message]] = field(default_factory=list)
    """What a callback was called with, and what it answered, in order."""
    trace: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    """The names of the callbacks, with copies of their arguments."""
    text: bytes | bytearray = b""
    """The header as it came; nothing for what was not heard just now."""


def question(call: Call, device: str | None) -> Question:
    """Return what a call becomes; raises `NotDataError` when a value cannot travel."""
    encoder = Encoder()
    callbacks: list[Any] = []
    things = call.kind in ("operate", "inside")

    def keep(value: Any) -> Reference:
        nonlocal things
        if isinstance(value, Handle):
            things = True
            return Reference(value.number, "handle", value.type)
        if not callable(value):
            raise NotDataError(f"a check passed a {type(value).__name__}, which cannot travel to a worker")
        callbacks.append(value)
        return Reference(len(callbacks) - 1, "callback", _callback_name(value))

    encoder.keep = keep
    return Question(_header(call, encoder, device), encoder.blobs, callbacks, things)


def _header(call: Call, encoder: Encoder, device: str | None) -> dict[str, Any]:
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
            "device": call.device or device,
            "pretend": call.pretend,
            "requires_grad": call.requires_grad,
            "strided": call.strided,
            "graphs": call.graphs,
            "measure": call.measure,
        },
    }


def serve(asked: Message, callbacks: list[Any], heard: Heard, revive: Callable[[Reference], Any]) -> Message:
    """Serve a callable of the check to a program, whose values are plain data here; return the answer to send."""
    header, blobs = asked
    decoder = Decoder(blobs, revive=revive)
    try:
        number = header["number"]
        function = callbacks[number] if type(number) is int and number >= 0 else None
        if sum(len(blob) for blob in blobs) > _CALLBACK_BYTES:
            raise WireError("the arguments of a callback are too large")
        args = tuple(decoder.decode(tree) for tree in header["args"])
        kwargs = {str(name): decoder.decode(tree) for name, tree in header["kwargs"].items()}
    except MALFORMED as error:
        raise error if isinstance(error, WireError) else WireError("a callback is malformed") from error
    if function is None:
        raise WireError("a callback names a function that was not passed")
    name = _callback_name(function)
    heard.trace.append((name, tuple(_copied(value) for value in args)))
    if len(heard.trace) > MOST_CALLBACKS:
        raise StudentError(Verdict.TIMED_OUT, f"The code called `{name}` more than {MOST_CALLBACKS} times.")
    encoder = Encoder()
    answer: Message
    try:
        value = encoder.encode(function(*args, **kwargs))
        answer = {"kind": "returned", "value": value}, encoder.blobs
    except Exception as error:
        answer = {"kind": "failed", "type": type(error).__name__, "message": str(error)[:1000]}, []
    heard.called.append((asked, answer))
    return answer


def _callback_name(function: Any) -> str:
    return function.name if isinstance(function, Spy) else str(getattr(function, "__name__", "callback"))


def _copied(value: Any) -> Any:
    return value.clone() if isinstance(value, torch.Tensor) else value


def refusal(heard: Heard) -> StudentError | None:
    """Return the error that a reply stands for; None when it is an answer."""
    try:
        if heard.header.get("kind") == "raised":
            return student_error(heard.header, heard.output)
    except MALFORMED:
        return StudentError(Verdict.KILLED, "The answer could not be read: its error is malformed.")
    if heard.header.get("kind") not in ("answer", "loaded"):
        return StudentError(Verdict.KILLED, "The answer could not be read: it is not an answer.")
    return None


def understood(heard: Heard, revive: Callable[[Reference], Any], *, narrow: bool) -> Answer:
    """Return the answer that a reply stands for; raises `StudentError` when it stands for an error or for nothing."""
    error = refusal(heard)
    if error is not None:
        raise error
    decoder = Decoder(heard.blobs, revive=revive)
    header = heard.header
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
            trace=heard.trace,
            counts={str(name): int(count) for name, count in dict(header.get("counts", {})).items()},
            facts=facts,
            stdout=heard.output,
            warnings=[str(text) for text in header.get("warnings", [])],
            exhausted=bool(header.get("exhausted")),
            narrow=narrow,
        )
    except MALFORMED as error:
        message = f"The answer could not be read: {error}."
        raise StudentError(Verdict.KILLED, message, output=heard.output) from error
