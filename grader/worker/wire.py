"""Values between the grader and a worker: JSON, and the raw bytes of tensors. Never pickle.

A value is a JSON scalar or a list `[tag, ...]`; bytes and tensors name a slice of the frame's body (see `channel`). Both
sides check every length, count, depth and shape against `Bounds` before they allocate, because the other side may lie.
"""

import ctypes
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import torch

from grader.worker.places import Origin

DTYPES: Final = {
    name: getattr(torch, name)
    for name in (
        *("bool", "uint8", "int8", "int16", "int32", "int64"),
        *("float16", "bfloat16", "float32", "float64", "complex64", "complex128"),
    )
}
_ALL_DTYPES: Final = {name: value for name, value in vars(torch).items() if isinstance(value, torch.dtype)}
_DTYPE_NAMES: Final = {dtype: name for name, dtype in DTYPES.items()}
_PLAIN: Final = (type(None), bool, float, str)
_LONGEST_INT: Final = 1 << 62


class WireError(Exception):
    """The other side sent something that is not a message within the bounds."""


class NotDataError(Exception):
    """A value cannot travel; the message says why."""


@dataclass(frozen=True)
class Bounds:
    """Limits on one message; far above what an exercise needs and far below what hurts."""

    header: int = 4 << 20
    body: int = 32 << 20
    nodes: int = 50_000
    entries: int = 2_000
    """Keys of one dictionary or set: keys that collide cost quadratic time, outside every deadline."""
    depth: int = 48
    dimensions: int = 16


BOUNDS: Final = Bounds()


@dataclass(frozen=True)
class Reference:
    """What stands for a thing that stays on the other side: a handle (worker's) or a callback (grader's)."""

    number: int
    kind: str
    """`handle` or `callback`."""
    type: str
    """The class's qualified name, as the worker claims it."""


@dataclass(frozen=True)
class TensorFacts:
    """What a tensor was like where it came from; its values travel to the CPU without a graph."""

    path: str
    dtype: str
    device: str
    requires_grad: bool
    type: str = "Tensor"
    origin: str = ""
    """In a dry run, the operation that put it on the CPU."""
    line: int | None = None
    """The line of that operation in the program."""


@dataclass
class Encoder:
    """Turns values into a JSON tree and a list of byte blobs."""

    keep: Callable[[Any], Reference] | None = None
    """Called for what is not data; without it such a value raises `NotDataError`."""
    blobs: list[bytes] = field(default_factory=list)
    size: int = 0
    facts: list[TensorFacts] = field(default_factory=list)
    nodes: int = 0
    device_of: Callable[[torch.Tensor], str] | None = None
    """Overrides the device that is reported for a tensor (dry runs)."""
    origin_of: Callable[[torch.Tensor], Origin | None] | None = None
    """Tells what put a tensor on the CPU (dry runs)."""

    def encode(self, value: Any, path: str = "", depth: int = 0) -> Any:
        """Return the JSON tree of a value; `path` names it in facts and errors."""
        self.nodes += 1
        if depth > BOUNDS.depth or self.nodes > BOUNDS.nodes:
            raise NotDataError(f"`{path or 'the value'}` is nested too deeply or holds too many entries to be graded")
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is int:
            return value if -_LONGEST_INT < value < _LONGEST_INT else ["int", hex(value)]
        if isinstance(value, dict | set | frozenset) and len(value) > BOUNDS.entries:
            raise NotDataError(f"`{path or 'the value'}` has more than {BOUNDS.entries} entries")
        if kind in (list, tuple, set, frozenset, torch.Size):
            tag = "tuple" if kind is torch.Size else kind.__name__
            return [tag, [self.encode(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(value)]]
        if isinstance(value, torch.Tensor):
            return self._tensor(value, path)
        return self._other(value, kind, path, depth)

    def _other(self, value: Any, kind: type, path: str, depth: int) -> Any:
        if isinstance(value, dict):
            pairs = [
                [self.encode(key, path, depth + 1), self.encode(item, f"{path}[{_key(key)}]", depth + 1)]
                for key, item in dict.items(value)
            ]
            return ["dict", pairs]
        if isinstance(value, complex):
            return ["complex", value.real, value.imag]
        if isinstance(value, bytes | bytearray):
            return ["bytes", self._blob(bytes(value))]
        if isinstance(value, slice):
            return ["slice", *(self.encode(part, path, depth + 1) for part in (value.start, value.stop, value.step))]
        if isinstance(value, torch.dtype):
            return ["dtype", str(value).removeprefix("torch.")]
        if isinstance(value, torch.device):
            return ["device", str(value)]
        if isinstance(value, torch.Generator):
            return ["generator", self._blob(tensor_bytes(value.get_state()))]
        bases: tuple[Callable[[Any], Any], ...] = (tuple, list, float, int, str)
        for base in bases:  # named tuples, numpy scalars, enums: their plain value
            if isinstance(value, base):  # type: ignore[arg-type]
                return self.encode(base(value), path, depth + 1)
        if self.keep is None:
            raise NotDataError(
                f"`{path or 'the value'}` is a {type_name(kind)}, which cannot be passed to a submission"
            )
        kept = self.keep(value)
        return [kept.kind, kept.number, kept.type]

    def _blob(self, data: bytes) -> int:
        self.size += len(data)
        if self.size > BOUNDS.body:
            raise NotDataError(f"the values together are larger than {BOUNDS.body >> 20} MB")
        self.blobs.append(data)
        return len(self.blobs) - 1

    def _tensor(self, value: torch.Tensor, path: str) -> Any:
        shape = list(torch.Tensor.size(value))
        plain = value.detach()
        device = self.device_of(value) if self.device_of else str(value.device)
        name = type_name(type(value)).removeprefix("torch.")
        if plain.layout is not torch.strided or plain.is_quantized or plain.is_nested or plain.device.type == "meta":
            raise NotDataError(
                f"`{path or 'the value'}` is a tensor of a kind that is not graded ({plain.layout}, {device})"
            )
        dtype = _DTYPE_NAMES.get(plain.dtype)
        if dtype is None:
            raise NotDataError(f"`{path or 'the value'}` is a tensor of dtype {plain.dtype}, which is not graded")
        if math.prod(shape) * plain.element_size() > BOUNDS.body:
            raise NotDataError(
                f"`{path or 'the value'}` is a tensor of shape {shape}, larger than {BOUNDS.body >> 20} MB"
            )
        origin = self.origin_of(value) if self.origin_of else None
        told = (origin.name, origin.line) if origin is not None else ()
        self.facts.append(TensorFacts(path, dtype, device, bool(value.requires_grad), name, *told))
        return ["tensor", dtype, shape, self._blob(tensor_bytes(plain))]


def tensor_bytes(tensor: torch.Tensor) -> bytes:
    """Return the raw bytes of a strided tensor in row-major order, from any device."""
    plain = tensor.detach()
    if not (plain.is_cpu and plain.is_contiguous()) or plain.is_conj() or plain.is_neg():
        plain = plain.resolve_conj().resolve_neg().to("cpu").contiguous()
    size = plain.numel() * plain.element_size()
    return ctypes.string_at(plain.data_ptr(), size) if size else b""


def type_name(kind: type) -> str:
    """Return a class's name with its module, without `builtins.`; never runs code of the class."""
    module, name = type.__getattribute__(kind, "__module__"), type.__getattribute__(kind, "__qualname__")
    full = name if module == "builtins" else f"{module}.{name}"
    return full[:200] if isinstance(full, str) else "object"


def _few(items: Any) -> Any:
    if isinstance(items, list) and len(items) > BOUNDS.entries:
        raise WireError("a dictionary or a set has too many entries")
    return items


def _key(key: Any) -> str:
    return json.dumps(key) if type(key) is str else repr(key)[:40] if type(key) in (int, bool, float) else "..."


@dataclass
class Decoder:
    """Turns a JSON tree and its blobs back into values."""

    blobs: list[memoryview]
    revive: Callable[[Reference], Any] | None = None
    nodes: int = 0
    revived: int = 0
    """References met so far."""

    def decode(self, tree: Any, depth: int = 0) -> Any:
        """Return the value; raises `WireError` for anything that is not one."""
        self.nodes += 1
        if depth > BOUNDS.depth + 2 or self.nodes > 2 * BOUNDS.nodes:
            raise WireError("a value is nested too deeply or has too many parts")
        if tree is None or isinstance(tree, bool | int | float | str):
            return tree
        if not isinstance(tree, list) or not tree or not isinstance(tree[0], str):
            raise WireError("a value has no tag")
        make = getattr(self, f"_{tree[0]}", None) if tree[0] in _TAGS else None
        if make is None:
            raise WireError("a value has an unknown tag")
        try:
            return make(depth, *tree[1:])
        except (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError, RuntimeError) as error:
            raise WireError(f"a {tree[0]} is malformed ({type(error).__name__})") from error

    def _items(self, items: Any, depth: int) -> list[Any]:
        if not isinstance(items, list):
            raise WireError("a sequence has no items")
        return [self.decode(item, depth + 1) for item in items]

    def _list(self, depth: int, items: Any) -> list[Any]:
        return self._items(items, depth)

    def _tuple(self, depth: int, items: Any) -> tuple[Any, ...]:
        return tuple(self._items(items, depth))

    def _set(self, depth: int, items: Any) -> set[Any]:
        return set(self._items(_few(items), depth))

    def _frozenset(self, depth: int, items: Any) -> frozenset[Any]:
        return frozenset(self._items(_few(items), depth))

    def _dict(self, depth: int, pairs: Any) -> dict[Any, Any]:
        _few(pairs)
        return {self.decode(key, depth + 1): self.decode(value, depth + 1) for key, value in pairs}

    def _int(self, _depth: int, text: str) -> int:
        if len(text) > 10_000:
            raise WireError("an integer is too long")
        return int(text, 16)

    def _complex(self, _depth: int, real: float, imaginary: float) -> complex:
        return complex(real, imaginary)

    def _bytes(self, _depth: int, blob: int) -> bytes:
        return bytes(self._take(blob))

    def _slice(self, depth: int, *parts: Any) -> slice:
        start, stop, step = self._items(list(parts), depth)
        return slice(start, stop, step)

    def _dtype(self, _depth: int, name: str) -> torch.dtype:
        return _ALL_DTYPES[name]

    def _device(self, _depth: int, name: str) -> torch.device:
        return torch.device(name)

    def _generator(self, _depth: int, blob: int) -> torch.Generator:
        generator = torch.Generator()
        generator.set_state(torch.frombuffer(bytearray(self._take(blob)), dtype=torch.uint8))
        return generator

    def _tensor(self, _depth: int, dtype: str, shape: list[int], blob: int) -> torch.Tensor:
        kind = DTYPES[dtype]
        data = self._take(blob)
        if len(shape) > BOUNDS.dimensions or any(type(n) is not int or not 0 <= n <= BOUNDS.body for n in shape):
            raise WireError("a tensor has an impossible shape")
        if math.prod(shape) * kind.itemsize != len(data):
            raise WireError("a tensor's shape does not fit its bytes")
        if not len(data):
            return torch.empty(shape, dtype=kind)
        if kind is torch.bool:  # bytes other than 0 and 1 make malformed booleans
            return torch.frombuffer(bytearray(data), dtype=torch.uint8).ne(0).reshape(shape)
        return torch.frombuffer(bytearray(data), dtype=kind).reshape(shape)

    def _handle(self, _depth: int, number: int, name: str) -> Any:
        return self._revive(Reference(number, "handle", str(name)[:200]))

    def _callback(self, _depth: int, number: int, name: str) -> Any:
        return self._revive(Reference(number, "callback", str(name)[:200]))

    def _revive(self, reference: Reference) -> Any:
        if self.revive is None or type(reference.number) is not int:
            raise WireError("a reference stands where only data is allowed")
        self.revived += 1
        return self.revive(reference)

    def _take(self, blob: int) -> memoryview:
        if type(blob) is not int or not 0 <= blob < len(self.blobs):
            raise WireError("a value names bytes that were not sent")
        return self.blobs[blob]


_TAGS: Final = frozenset(
    (
        *("list", "tuple", "set", "frozenset", "dict", "int", "complex", "bytes", "slice"),
        *("dtype", "device", "generator", "tensor", "handle", "callback"),
    )
)
