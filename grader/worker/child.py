"""The worker's side: loads one submission and answers calls to it until it is killed.

What it reports about itself (types, mutations, counts) is a claim; verdicts are made by the grader.
"""

import contextlib
import inspect
import math
import os
import random
import socket
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch

from grader.worker import jail
from grader.worker.arguments import INSIDE, Options, map_tensors, prepared, to_device
from grader.worker.channel import Channel, wait_forever
from grader.worker.cost import Cost
from grader.worker.failures import BUILTIN_ERRORS, CallbackError, raised
from grader.worker.guard import Guard, Violation
from grader.worker.handles import Handles
from grader.worker.places import tensors_in
from grader.worker.pretend import PretendDevice
from grader.worker.program import Program
from grader.worker.snapshot import Snapshot
from grader.worker.traps import AUTOGRAD, TRAPS
from grader.worker.wire import Decoder, Encoder, NotDataError, Reference


@dataclass
class Child:
    """One loaded submission and the things it handed out."""

    channel: Channel
    program: Program = field(default_factory=lambda: Program("", "", ""))
    guard: Guard = field(default_factory=lambda: Guard(""))
    handles: Handles = field(default_factory=Handles)
    options: Options = field(default_factory=Options)
    pretend: PretendDevice | None = None
    """The dry run that goes on, and remembers where things lie until the scope ends."""
    cost: Cost | None = None
    """What the call under way costs, where that is asked."""
    number: Any = None
    """The number of the message that is being answered."""
    refused: bool = False
    """The jail lacks a layer that the grader demands, so nothing may run here."""

    def serve(self) -> None:
        """Answer messages until the grader closes its end."""
        self._wait = wait_forever(self.channel.fileno())
        with contextlib.suppress(EOFError):
            while not self.refused:
                header, blobs = self.channel.receive(wait=self._wait)
                self._answer(header, blobs)

    def _answer(self, header: dict[str, Any], blobs: list[memoryview]) -> None:
        encoder = Encoder(keep=self.handles.keep)
        self.number = header.get("n")
        self.program.warned.clear()
        self.guard.counts.clear()
        try:
            reply = self._do(header, blobs, encoder)
            _flush()
            self._send({"facts": [vars(fact) for fact in encoder.facts], **reply}, encoder.blobs)
        except NotDataError as error:
            self._send({"kind": "raised", "type": ["NotDataError"], "message": str(error)}, [])
        except BaseException as error:  # whatever a submission throws is an answer
            self._send(raised(error, self.program.file), [])

    def _send(self, header: dict[str, Any], blobs: list[bytes]) -> None:
        _flush()
        notes = {"warnings": self.program.warned[:20], "counts": dict(self.guard.counts), "n": self.number}
        self.channel.send({**header, **notes}, blobs, wait=self._wait)

    def _tell(self, violation: Violation) -> None:
        """Report a broken rule at once: what has been said cannot be erased."""
        self.channel.send({"kind": "violation", **vars(violation)}, [], wait=self._wait)

    def _do(self, header: dict[str, Any], blobs: list[memoryview], encoder: Encoder) -> dict[str, Any]:
        if header["kind"] == "confine":
            return self._confine(header)
        if header["kind"] == "load":
            return self._load(header)
        if header["kind"] == "get":
            name = str(header["name"])
            return {"kind": "answer", "value": encoder.encode(self.program.get(name), name)}
        decoder = Decoder(blobs, revive=self._revive)
        if self.handles.begin(header["scope"], header["place"]):
            self.pretend = None
        self.options = Options(**header["options"])
        self._pretend(self.options.pretend)
        if self.pretend is not None:
            encoder.device_of, encoder.origin_of = self.pretend.device_of, self.pretend.origin_of
        if header["kind"] == "operate":
            return self._operate(header, decoder, encoder)
        if header["kind"] == "inside":
            return self._inside(header, decoder, encoder)
        return self._call(
            self.program.function(str(header["name"]), elsewhere=self.pretend is not None), header, decoder, encoder
        )

    def _confine(self, header: dict[str, Any]) -> dict[str, Any]:
        """Enter the jail; comes before the first byte of a submission, which is not read where a demanded layer is missing."""
        room = jail.Room((*jail.interpreter_paths(), *header["readable"]), header["scratch"], devices=header["devices"])
        layers = jail.confine(room, jail.Limits(**header["limits"]), skip=frozenset(header["skip"]))
        self.refused = not set(header["demand"]) <= set(layers)
        return {"kind": "confined", "layers": layers}

    def _pretend(self, device: str | None) -> None:
        """Begin a dry run, go on with it, or end it."""
        if device is None:
            self.pretend = None
        elif self.pretend is None:
            self.pretend = PretendDevice(device, self.guard)
            self.program.load_elsewhere(self.guard, self.pretend)

    def _load(self, header: dict[str, Any]) -> dict[str, Any]:
        self.handles.kept.clear()
        self.pretend, self.guard.tell = None, self._tell
        source, file, module = (str(header[name]) for name in ("source", "file", "module"))
        self.program = Program(source, file, module, folder=str(header.get("siblings") or ""))
        self.program.load(self.guard, list(header["forbid"]))
        return {"kind": "loaded", "untouched": self.program.untouched}

    # Calls

    def _call(
        self, function: Callable[..., Any], header: dict[str, Any], decoder: Decoder, encoder: Encoder
    ) -> dict[str, Any]:
        names = [str(name) for name in header["names"]]
        arguments = [prepared(decoder.decode(tree), self.options) for tree in header["args"]]
        named = {str(name): prepared(decoder.decode(tree), self.options) for name, tree in header["kwargs"].items()}
        names += [f"args[{index}]" for index in range(len(names), len(arguments))]
        by_name = {**dict(zip(names, arguments, strict=False)), **named}
        snapshot = Snapshot.take(by_name)
        _seed(self.options)
        if self.pretend is not None:
            self.pretend.adopt(tensor for tensor, _, _ in snapshot.tensors.values())
        with self._running(by_name):
            result = function(*arguments, **named)
        value = encoder.encode(result)
        facts = [vars(fact) for fact in encoder.facts]  # of the result alone, not of changed arguments
        return {
            "kind": "answer",
            "value": value,
            "facts": facts,
            "aliases": snapshot.aliases(result),
            "mutated": [[path, encoder.encode(value, path)] for path, value in snapshot.mutated().items()],
            "generators": [[path, encoder.encode(value, path)] for path, value in snapshot.generators.items()],
        }

    @contextlib.contextmanager
    def _running(self, arguments: Any = None) -> Iterator[None]:
        """Surround the submission's code: without graphs, in a dry run, measured, as the call's options say."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(self._without_graphs())
            if self.pretend is not None:
                stack.enter_context(self.pretend.running())
            if self.options.measure:
                self.cost = Cost(self.program.owns)
                self.cost.know(tensors_in(arguments))
                stack.enter_context(self.cost)
            try:
                yield
            finally:
                if self.cost is not None:
                    self.guard.counts |= self.cost.counts()
                    self.cost = None

    def _inside(self, header: dict[str, Any], decoder: Decoder, encoder: Encoder) -> dict[str, Any]:
        """Run a function of the check's, which the grader sent: it makes and looks at what cannot travel.

        On a device, it makes things on the CPU, so that the same random numbers serve all devices, and what it returns is
        moved. Where it is given things that were moved before, its other arguments are moved as well.
        """
        namespace: dict[str, Any] = {
            "torch": torch,
            "nn": torch.nn,
            "F": torch.nn.functional,
            "math": math,
            "__name__": INSIDE,
        }
        with self.guard.lowered(), torch.enable_grad():
            exec(compile(header["source"], "<check>", "exec", dont_inherit=True), namespace)  # noqa: S102  the check's
            _seed(self.options)
            arguments = [decoder.decode(tree) for tree in header["args"]]
            if decoder.revived:
                arguments = [prepared(value, Options(device=self.options.device)) for value in arguments]
            made = namespace[header["name"]](*arguments)
            return {"kind": "answer", "value": encoder.encode(self._placed(made))}

    def _placed(self, made: Any) -> Any:
        return map_tensors(made, self._move) if self.options.device or self.pretend is not None else made

    def _move(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return a tensor of the check's where the options want it, or in a dry run count it as lying there."""
        if self.options.device is not None:
            return to_device(tensor, self.options.device)
        if self.pretend is not None:
            self.pretend.adopt([tensor])
        return tensor.data if isinstance(tensor, torch.nn.Parameter) else tensor

    def _without_graphs(self) -> contextlib.AbstractContextManager[object]:
        """Where differentiation is forbidden, run below autograd: no operation records a graph, whatever is switched on.

        Unless the call asks whether graphs would be recorded: there it is the traps alone that keep it from being used.
        """
        if AUTOGRAD not in TRAPS.armed or self.options.graphs:
            return contextlib.nullcontext()
        guard: contextlib.AbstractContextManager[object] = torch._C._AutoDispatchBelowAutograd()  # noqa: SLF001
        return guard

    def _operate(self, header: dict[str, Any], decoder: Decoder, encoder: Encoder) -> dict[str, Any]:
        """Use a handle: read an attribute, call it, take an item, its length, an iterator, or the next item."""
        target, action = self.handles.kept[header["handle"]], header["action"]
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
            with self._running():
                found = actions[action](target, *arguments)
            return {"kind": "answer", "value": encoder.encode(found), "facts": [vars(fact) for fact in encoder.facts]}
        except StopIteration:
            if action != "next":
                raise
            return {"kind": "answer", "value": None, "exhausted": True}

    def _revive(self, reference: Reference) -> Any:
        if reference.kind == "handle":
            return self.handles.kept[reference.number]

        def callback(*args: Any, **kwargs: Any) -> Any:
            return self._call_back(reference, args, kwargs)

        callback.__name__ = reference.type
        return callback

    def _call_back(self, reference: Reference, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Have the grader run one of its callables; its values come back without a graph."""
        with torch._C.DisableTorchFunction(), self._unmeasured():  # noqa: SLF001  modes must not see our own operations
            encoder = Encoder(keep=self.handles.keep_once)
            trees = [encoder.encode(value, f"{reference.type}({i})") for i, value in enumerate(args)]
            named = {name: encoder.encode(value, name) for name, value in kwargs.items()}
            _flush()
            header = {"kind": "callback", "number": reference.number, "args": trees, "kwargs": named}
            self.channel.send(header, encoder.blobs, wait=self._wait)
            reply, blobs = self.channel.receive(wait=self._wait)
            if reply["kind"] == "failed":
                raise BUILTIN_ERRORS.get(reply["type"], CallbackError)(reply["message"])
            value = Decoder(blobs, revive=self._revive).decode(reply["value"])
            value = prepared(value, Options(device=self.options.device))
            if self.pretend is not None:
                self.pretend.adopt(tensors_in(value))
            return value

    @contextlib.contextmanager
    def _unmeasured(self) -> Iterator[None]:
        if self.cost is None:
            yield
            return
        self.cost.paused = True
        try:
            yield
        finally:
            self.cost.paused = False


def _seed(options: Options) -> None:
    """Start all random numbers that a call may draw from its seed."""
    if options.device is None:
        torch.default_generator.manual_seed(options.seed)  # `torch.manual_seed` takes a millisecond: it thinks of GPUs
    else:
        torch.manual_seed(options.seed)
    random.seed(options.seed)
    if drawing := sys.modules.get("numpy.random"):
        drawing.seed(options.seed % (1 << 32))


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()


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
