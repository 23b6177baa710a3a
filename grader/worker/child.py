"""The worker's side: loads one submission and answers calls to it until it is killed.

What it reports about itself (types, mutations, counts) is a claim; verdicts are made by the grader.
"""

import ast
import contextlib
import inspect
import linecache
import math
import os
import random
import socket
import sys
import traceback
import types
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import torch

from grader.worker import jail
from grader.worker.guard import AUTOGRAD, TRAPS, ForbiddenCallError, Guard, Violation
from grader.worker.pretend import PretendDevice
from grader.worker.snapshot import Snapshot
from grader.worker.wire import Channel, Decoder, Encoder, NotDataError, Reference, type_name, wait_forever

_MESSAGE_LIMIT: Final = 2000
_FRAMES_SHOWN: Final = 4
_HANDLES_PER_CALL: Final = 10_000


class CallbackError(Exception):
    """A callable that the grader passed in failed on what it was given."""


@dataclass
class Options:
    """How one call is made."""

    seed: int = 0
    device: str | None = None
    """Move the arguments there first."""
    pretend: str | None = None
    """Dry run: report this device for the arguments although they lie on the CPU."""
    requires_grad: bool = False
    strided: bool = False


@dataclass
class Child:
    """One loaded submission and the things it handed out."""

    channel: Channel
    file: str = ""
    module: types.ModuleType | None = None
    guard: Guard = field(default_factory=lambda: Guard(""))
    handles: dict[int, Any] = field(default_factory=dict)
    scope: int = 0
    """The check whose handles are kept."""
    next_handle: int = 0
    warned: list[str] = field(default_factory=list)
    options: Options = field(default_factory=Options)
    pretend: PretendDevice | None = None
    number: Any = None
    """The number of the message that is being answered."""

    def serve(self) -> None:
        """Answer messages until the grader closes its end."""
        self._wait = wait_forever(self.channel.fileno())
        with contextlib.suppress(EOFError):
            while True:
                header, blobs = self.channel.receive(wait=self._wait)
                self._answer(header, blobs)

    def _answer(self, header: dict[str, Any], blobs: list[memoryview]) -> None:
        encoder = Encoder(keep=self._keep)
        self.number = header.get("n")
        self.warned.clear()
        self.guard.counts.clear()
        try:
            reply = self._do(header, blobs, encoder)
            _flush()
            self._send({"facts": [asdict(fact) for fact in encoder.facts], **reply}, encoder.blobs)
        except NotDataError as error:
            self._send({"kind": "raised", "type": ["NotDataError"], "message": str(error)}, [])
        except BaseException as error:  # whatever a submission throws is an answer
            self._send(self._raised(error), [])

    def _send(self, header: dict[str, Any], blobs: list[bytes]) -> None:
        _flush()
        notes = {"warnings": self.warned[:20], "counts": dict(self.guard.counts), "n": self.number}
        self.channel.send({**header, **notes}, blobs, wait=self._wait)

    def _tell(self, violation: Violation) -> None:
        """Report a broken rule at once: what has been said cannot be erased."""
        self.channel.send({"kind": "violation", **asdict(violation)}, [], wait=self._wait)

    def _do(self, header: dict[str, Any], blobs: list[memoryview], encoder: Encoder) -> dict[str, Any]:
        if header["kind"] == "confine":
            return _confine(header)
        if header["kind"] == "load":
            return self._load(header)
        if header["kind"] == "get":
            return self._get(str(header["name"]), encoder)
        decoder = Decoder(blobs, revive=self._revive)
        if header["scope"] != self.scope:
            self.scope = header["scope"]
            self.handles.clear()
        self.next_handle = header["place"] * _HANDLES_PER_CALL
        if header["kind"] == "operate":
            return self._operate(header, decoder, encoder)
        if header["kind"] == "inside":
            return self._inside(header, decoder, encoder)
        return self._call(self._function(str(header["name"])), header, decoder, encoder)

    # Loading

    def _load(self, header: dict[str, Any]) -> dict[str, Any]:
        source, self.file = str(header["source"]), str(header["file"])
        self.handles.clear()
        linecache.cache[self.file] = (len(source), None, source.splitlines(keepends=True), self.file)
        self.guard.file, self.guard.tell = self.file, self._tell
        warnings.showwarning = self._warn  # type: ignore[assignment]
        warnings.simplefilter("default")
        tree = ast.parse(source, self.file)
        untouched = _untouched(tree)
        module = types.ModuleType(str(header["module"]))
        module.__file__ = self.file
        sys.modules[module.__name__] = module
        if header.get("siblings"):
            sys.path.append(str(header["siblings"]))
        self.guard.forbid(list(header["forbid"]))
        self.guard.watch()
        self.module = module
        module.__dict__["__builtins__"] = self.guard.builtins()
        exec(compile(tree, self.file, "exec"), module.__dict__)  # noqa: S102  running a submission is what we do
        return {"kind": "loaded", "untouched": untouched}

    def _warn(self, message: Any, category: type[Warning], filename: str, lineno: int, *_: Any) -> None:
        where = f"line {lineno}: " if filename == self.file else ""
        self.warned.append(f"{where}{category.__name__}: {_text(message)}"[:400])

    # Calls

    def _function(self, name: str) -> Callable[..., Any]:
        found = vars(self.module).get(name, _MISSING)
        if found is _MISSING:
            raise _MissingNameError(name)
        if not callable(found):
            raise TypeError(f"`{name}` is a {type_name(type(found))}, not a function")
        function: Callable[..., Any] = found
        return function

    def _get(self, name: str, encoder: Encoder) -> dict[str, Any]:
        found = vars(self.module).get(name, _MISSING)
        if found is _MISSING:
            raise _MissingNameError(name)
        return {"kind": "answer", "value": encoder.encode(found, name)}

    def _call(
        self, function: Callable[..., Any], header: dict[str, Any], decoder: Decoder, encoder: Encoder
    ) -> dict[str, Any]:
        options, names = Options(**header["options"]), [str(name) for name in header["names"]]
        arguments = [decoder.decode(tree) for tree in header["args"]]
        named = {str(name): decoder.decode(tree) for name, tree in header["kwargs"].items()}
        arguments = [_prepared(value, options) for value in arguments]
        named = {name: _prepared(value, options) for name, value in named.items()}
        names += [f"args[{index}]" for index in range(len(names), len(arguments))]
        by_name = {**dict(zip(names, arguments, strict=False)), **named}
        snapshot = Snapshot.take(by_name)
        torch.manual_seed(options.seed)
        random.seed(options.seed)
        self.options, self.pretend = options, PretendDevice(options.pretend) if options.pretend else None
        if self.pretend is not None:
            self.pretend.adopt([tensor for tensor, _, _ in snapshot.tensors.values()])
            encoder.device_of = self.pretend.device_of
        with self._without_graphs(), self.pretend or contextlib.nullcontext():
            result = function(*arguments, **named)
        value = encoder.encode(result)
        facts = [asdict(fact) for fact in encoder.facts]  # of the result alone, not of changed arguments
        return {
            "kind": "answer",
            "value": value,
            "facts": facts,
            "aliases": snapshot.aliases(result),
            "mutated": [[path, encoder.encode(value, path)] for path, value in snapshot.mutated().items()],
            "generators": [[path, encoder.encode(value, path)] for path, value in snapshot.generators.items()],
        }

    def _inside(self, header: dict[str, Any], decoder: Decoder, encoder: Encoder) -> dict[str, Any]:
        """Run a function of the check's, which the grader sent: it makes and looks at what cannot travel."""
        device = header["options"]["device"]
        namespace: dict[str, Any] = {
            "torch": torch,
            "nn": torch.nn,
            "F": torch.nn.functional,
            "math": math,
            "__name__": "inside",
        }
        with self.guard.lowered(), torch.enable_grad():
            exec(compile(header["source"], "<check>", "exec", dont_inherit=True), namespace)  # noqa: S102  the check's
            torch.manual_seed(header["options"]["seed"])
            made = namespace[header["name"]](*[decoder.decode(tree) for tree in header["args"]])
            return {"kind": "answer", "value": encoder.encode(_moved(made, device) if device else made)}

    @staticmethod
    def _without_graphs() -> contextlib.AbstractContextManager[object]:
        """Where differentiation is forbidden, run below autograd: no operation records a graph, whatever is switched on."""
        if AUTOGRAD not in TRAPS.armed:
            return contextlib.nullcontext()
        guard: contextlib.AbstractContextManager[object] = torch._C._AutoDispatchBelowAutograd()  # noqa: SLF001
        return guard

    def _operate(self, header: dict[str, Any], decoder: Decoder, encoder: Encoder) -> dict[str, Any]:
        """Use a handle: read an attribute, call it, take an item, its length, an iterator, or the next item."""
        target, action = self.handles[header["handle"]], header["action"]
        if action == "call":
            return self._call(target, header, decoder, encoder)
        arguments = [decoder.decode(tree) for tree in header["args"]]
        actions: dict[str, Callable[..., Any]] = {
            "attribute": getattr,
            "item": lambda owner, key: owner[key],
            "length": len,
            "iterate": iter,
            "next": next,
        }
        try:
            return {"kind": "answer", "value": encoder.encode(actions[action](target, *arguments))}
        except StopIteration:
            if action != "next":
                raise
            return {"kind": "answer", "value": None, "exhausted": True}

    def _keep(self, value: Any) -> Reference:
        self.next_handle += 1
        self.handles[self.next_handle] = value
        return Reference(self.next_handle, "handle", type_name(type(value)))

    def _revive(self, reference: Reference) -> Any:
        if reference.kind == "handle":
            return self.handles[reference.number]

        def callback(*args: Any, **kwargs: Any) -> Any:
            return self._call_back(reference, args, kwargs)

        callback.__name__ = reference.type
        return callback

    def _call_back(self, reference: Reference, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Have the grader run one of its callables; its values come back without a graph."""
        with torch._C.DisableTorchFunction():  # noqa: SLF001  a dry run must not see our own operations
            encoder = Encoder(keep=self._keep)
            trees = [encoder.encode(value, f"{reference.type}({i})") for i, value in enumerate(args)]
            named = {name: encoder.encode(value, name) for name, value in kwargs.items()}
            _flush()
            header = {"kind": "callback", "number": reference.number, "args": trees, "kwargs": named}
            self.channel.send(header, encoder.blobs, wait=self._wait)
            reply, blobs = self.channel.receive(wait=self._wait)
            if reply["kind"] == "failed":
                raise _BUILTIN_ERRORS.get(reply["type"], CallbackError)(reply["message"])
            value = Decoder(blobs, revive=self._revive).decode(reply["value"])
            value = _prepared(value, Options(device=self.options.device))
            if self.pretend is not None and isinstance(value, torch.Tensor):
                self.pretend.adopt([value])
            return value

    # Exceptions

    def _raised(self, error: BaseException) -> dict[str, Any]:
        frames, line = [], None
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename == self.file:
                line = frame.lineno
                frames.append(f"line {frame.lineno} in {frame.name}: {frame.line or ''}"[:300])
        if isinstance(error, SyntaxError) and error.filename == self.file:
            line = error.lineno
            frames.append(f"line {line}: {(error.text or '').strip()}"[:300])
        kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
        if isinstance(error, ForbiddenCallError):
            kinds = ["ForbiddenCallError"]
        elif isinstance(error, _MissingNameError):
            kinds = ["MissingName"]
        message = error.msg if isinstance(error, SyntaxError) else _text(error)
        return {
            "kind": "raised",
            "type": kinds or ["Exception"],
            "name": type_name(type(error)),
            "message": message[:_MESSAGE_LIMIT],
            "line": line,
            "frames": frames[-_FRAMES_SHOWN:],
        }


def _confine(header: dict[str, Any]) -> dict[str, Any]:
    """Enter the jail; comes before the first byte of a submission."""
    room = jail.Room((*jail.interpreter_paths(), *header["readable"]), header["scratch"], devices=header["devices"])
    limits = jail.Limits(**header["limits"])
    return {"kind": "confined", "layers": jail.confine(room, limits, skip=frozenset(header["skip"]))}


class _MissingNameError(Exception):
    """The submission does not define a name."""


_MISSING: Final = object()
_BUILTIN_ERRORS: Final[dict[str, type[Exception]]] = {
    kind.__name__: kind for kind in (RuntimeError, ValueError, TypeError, IndexError, KeyError, ZeroDivisionError)
}


def _text(value: Any) -> str:
    """Return `str(value)`, or say that the object does not let itself be printed."""
    try:
        return str(value)
    except BaseException:
        return f"(a {type_name(type(value))} whose text cannot be shown)"


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()


def _prepared(value: Any, options: Options) -> Any:
    """Return an argument as the call's options want it: on a device, non-contiguous, with a graph."""
    if isinstance(value, torch.Tensor):
        moved = value.to(options.device) if options.device else value
        if options.strided and moved.dim() > 0:
            moved = _strided(moved)
        if options.requires_grad and moved.is_floating_point():
            moved = moved.requires_grad_()
        return moved
    if type(value) in (list, tuple):
        return type(value)(_prepared(item, options) for item in value)
    if type(value) is dict:
        return {key: _prepared(item, options) for key, item in value.items()}
    if options.device and isinstance(value, torch.device | str) and str(value) == "cpu":
        return torch.device(options.device)
    return value


def _moved(made: Any, device: str) -> Any:
    """Return what a check made inside, on a device; modules move in place, so that their optimizers follow."""
    if isinstance(made, torch.Tensor | torch.nn.Module):
        return made.to(device)
    if type(made) in (list, tuple):
        return type(made)(_moved(item, device) for item in made)
    return made


def _strided(tensor: torch.Tensor) -> torch.Tensor:
    """Return the same values with every second element of a larger, transposed storage."""
    wide = torch.zeros(*reversed([2 * size for size in tensor.shape]), dtype=tensor.dtype, device=tensor.device)
    view = wide.permute(*reversed(range(tensor.dim())))[tuple(slice(None, None, 2) for _ in tensor.shape)]
    view.copy_(tensor)
    return view


def _untouched(tree: ast.Module) -> bool:
    """Return whether every function still only raises `NotImplementedError`."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return bool(functions) and all(_only_raises(node.body) for node in functions)


def _only_raises(body: list[ast.stmt]) -> bool:
    rest = [node for node in body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    if len(rest) != 1 or not isinstance(rest[0], ast.Raise):
        return False
    raised = rest[0].exc
    named = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(named, ast.Name) and named.id == "NotImplementedError"


def main(end: socket.socket, output: int) -> None:
    """Serve one grader over `end`, with standard output and error in the pipe `output`; never returns."""
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123  stays open for the life of the process
    sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.modules["__main__"] = types.ModuleType("__main__")
    inspect.signature(main)  # imported here for good: submissions may use it and must not find it half loaded
    status = 1
    try:
        Child(Channel(end)).serve()
        status = 0
    finally:
        os._exit(status)
