"""A dry run of another device on the CPU: real values, a pretended device, and that device's errors.

Tensors that come from the arguments count as lying on the pretended device, fresh tensors lie where the program put
them. Mixing the two raises what the device would raise, so that `torch.zeros(1)` beside a CUDA tensor is caught on a
laptop without a GPU, with the line that made it. The place is a property of the memory: views, `.data`, parameters made
from a tensor and the rows of a loop lie where their memory lies. What other threads compute is not followed.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import torch
from torch.overrides import TorchFunctionMode
from torch.utils import _device as default_device

from grader.worker.places import THERE, Origin, Places, key, tensors_in
from grader.worker.presence import Observer, present

_HOST: Final = "cpu"
_AS_IT_IS: Final = frozenset(("device", "_parse_to", "_set_grad_enabled", "set_default_device"))
"""Functions that speak of devices and touch no memory: they get the device's name as it is."""
_FROM_DATA: Final = frozenset(("tensor", "as_tensor", "asarray"))
"""These follow a tensor that they are given; of a list of tensors they make one on the CPU."""
_OWN: Final = frozenset(("expand_as", "view_as", "reshape_as", "__getitem__", "__setitem__", "index_put", "copy_"))
"""Operations whose result lies where the first argument lies."""
_TENSORS: Final = frozenset((torch.Tensor, torch.nn.Parameter))
_PLAIN: Final = frozenset((int, float, bool, slice, type(None), torch.dtype))
_MAY_MIX: Final = frozenset(
    (
        *("to", "cpu", "cuda", "type", "type_as", "copy_", "set_", "backward", "expand_as", "view_as", "reshape_as"),
        *("broadcast_tensors", "_pack_padded_sequence", "tensor_split", "_has_compatible_shallow_copy_type"),
    )
)
"""Operations on tensors of both: copies between devices, and those that only ask the other for its shape."""
_STRICT: Final = frozenset(
    (
        *("cat", "concat", "concatenate", "stack", "hstack", "vstack", "dstack", "column_stack", "row_stack"),
        *("equal", "block_diag", "cartesian_prod"),
    )
)
"""Operations that refuse even a CPU tensor without dimensions, which arithmetic accepts."""
_SPEAKS_OF_PLACES: Final = frozenset(
    ("__get__", "__set__", "to", "cpu", "cuda", "type", "type_as", "get_device", "numpy", "__array__", *_AS_IT_IS)
)
"""Functions that tell or change where something lies, or depend on it, even where all lies on the device."""
_MIXTURE: Final = "Expected all tensors to be on the same device, but found at least two devices, {} and cpu!"
_INDICES: Final = "indices should be either on cpu or on the same device as the indexed tensor (cpu)"
_DRAWN: Final = "Expected a '{}' device type for generator but found 'cpu'"
_NUMPY: Final = (
    "can't convert {} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first."
)


class PretendedDeviceError(RuntimeError):
    """What the pretended device would have raised."""


class PretendedTypeError(PretendedDeviceError, TypeError):
    """What the pretended device would have raised as a `TypeError`."""


class PretendDevice(TorchFunctionMode):
    """A mode under which chosen tensors claim to lie on `device`."""

    def __init__(self, device: str, observer: Observer) -> None:
        super().__init__()
        self.device = torch.device(device)
        self._observer = observer
        self._places = Places()

    def adopt(self, tensors: Iterable[torch.Tensor]) -> None:
        """Count these tensors as lying on the device."""
        for tensor in tensors:
            self._places.put(tensor, THERE)

    def device_of(self, tensor: torch.Tensor) -> str:
        """Return the device a tensor claims to lie on."""
        return str(self.device if self._there(tensor) else tensor.device)

    def origin_of(self, tensor: torch.Tensor) -> Origin | None:
        """Return what put a tensor on the CPU, where that is known."""
        found = self._places.get(tensor)
        return found if isinstance(found, Origin) else None

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Be the mode of a call, on a machine that seems to have the device."""
        with present(self.device, self._observer, self._from_numpy), self:
            yield

    def _from_numpy(self, tensor: torch.Tensor) -> Any:
        return self._placed(tensor, "from_numpy", [], lies=False, moved=False)

    def __torch_function__(
        self, func: Callable[..., Any], _types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Run one operation on the CPU and decide where its result lies."""
        name = getattr(func, "__name__", "")
        makes = func in default_device._device_constructors()  # noqa: SLF001
        if not (kwargs or makes) and name not in _SPEAKS_OF_PLACES and (keys := self._all_there(args)):
            return self._stays(func(*args), name, keys)
        named = dict(kwargs or {})
        if name in ("__get__", "__set__"):
            attribute = getattr(getattr(func, "__self__", None), "__name__", "")
            return (self._read if name == "__get__" else self._write)(func, attribute, args, named)
        if name in _AS_IT_IS:
            return func(*args, **named)
        tensors = list(tensors_in((args, named)))
        there = any(map(self._there, tensors))
        if makes and named.get("device") is None:
            named["device"] = self._place_of_new(name, args)
        wanted = self._wanted(name, args, named)
        if there and not makes:
            self._refuse_mixture(name, args, named, tensors)
        if wanted is None:
            lies = self._there(args[0]) if name in _OWN and isinstance(args[0], torch.Tensor) else there
        else:
            lies = wanted
        self._refuse_generator(args, named, lies=lies)
        if there and (name in ("numpy", "__array__") and not named.get("force")):
            raise PretendedTypeError(_NUMPY.format(self.device))
        if there and name == "get_device":
            return self.device.index or 0
        if there and name == "type" and len(args) + len(named) == 1:
            return str(func(*args)).replace("torch.", f"torch.{self.device.type}.")
        result = args[0] if name in ("cpu", "cuda") else func(*_on_host(args), **_on_host(named))
        return self._placed(result, name, tensors, lies=lies, moved=wanted is not None)

    def _all_there(self, args: tuple[Any, ...]) -> set[int]:
        """Return the keys of the arguments' tensors, if all of them lie on the device and the rest are plain numbers."""
        keys = set()
        for value in args:
            if type(value) in _TENSORS:
                keys.add(number := key(value))
                if self._places.at(number) != THERE:
                    return set()
            elif type(value) not in _PLAIN:
                return set()
        return keys

    def _stays(self, result: Any, name: str, keys: set[int]) -> Any:
        """Note that a result lies on the device, like all it was computed from: nine of ten operations end here."""
        if type(result) is torch.Tensor:
            if key(result) not in keys:
                self._places.put(result, THERE)
            return result
        return self._placed(result, name, [], lies=True, moved=False)

    def _there(self, tensor: torch.Tensor) -> bool:
        return self._places.get(tensor) == THERE

    # Where things are put

    def _place_of_new(self, name: str, args: tuple[Any, ...]) -> str | torch.device:
        """Return where a function that makes tensors puts them when it is not told."""
        if name in _FROM_DATA and args and isinstance(args[0], torch.Tensor):
            return self.device if self._there(args[0]) else _HOST
        return default_device.CURRENT_DEVICE or _HOST

    def _wanted(self, name: str, args: tuple[Any, ...], named: dict[str, Any]) -> bool | None:
        """Return whether an operation asks for the device; None when it follows its arguments."""
        asked = named.get("device")
        if name == "cpu":
            return False
        if name == "cuda":
            asked = next((arg for arg in args[1:2] if arg is not None), asked)
            asked = self.device if asked is None else asked
        elif name == "to":
            asked = next((arg for arg in args[1:2] if isinstance(arg, str | torch.device | torch.Tensor)), asked)
            asked = named.get("other", asked)
        elif name == "type":
            kind = named.get("dtype", args[1] if len(args) > 1 else None)
            kind = (
                kind if isinstance(kind, str) else getattr(kind, "__module__", None) if isinstance(kind, type) else None
            )
            asked = _HOST if kind is not None and kind.partition(".")[0] == "torch" and "cuda" not in kind else None
        elif name == "type_as":
            asked = args[1] if len(args) > 1 else named.get("other")
        if isinstance(asked, torch.Tensor):
            return self._there(asked)
        if asked is None:
            return None
        device = torch.device(self.device.type, asked) if type(asked) is int else torch.device(asked)
        if device.type == self.device.type and device.index not in (None, self.device.index):
            raise PretendedDeviceError("CUDA error: invalid device ordinal")
        return device.type == self.device.type

    def _placed(self, result: Any, name: str, tensors: list[torch.Tensor], *, lies: bool, moved: bool) -> Any:
        """Note where the new tensors of a result lie. Views stay; a move to another device makes a copy."""
        if not isinstance(result, torch.Tensor | tuple | list):
            return result
        if moved and isinstance(result, torch.Tensor):
            source = next((one for one in tensors if key(one) == key(result)), None)
            if source is not None and self._there(source) != lies:
                result = result.clone()
        known = {key(one) for one in tensors}
        place: Origin | str | None = THERE if lies else None
        if moved and not lies and any(map(self._there, tensors)):
            place = Origin(name, self._observer.line())
        for tensor in tensors_in(result):
            if key(tensor) in known:
                continue
            if place is None:
                origins = (self.origin_of(one) for one in tensors)
                place = next((origin for origin in origins if origin), None) or Origin(name, self._observer.line())
            self._places.put(tensor, place)
        return result

    # Attributes

    def _read(self, func: Callable[..., Any], attribute: str, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        result = func(*args, **named)
        there = bool(args) and isinstance(args[0], torch.Tensor) and self._there(args[0])
        if there and attribute == "device":
            return self.device
        if there and attribute in ("is_cuda", "is_cpu"):
            return attribute == "is_cuda"
        if attribute == "grad" and isinstance(result, torch.Tensor) and there:
            self.adopt([result])
        return result

    def _write(self, func: Callable[..., Any], attribute: str, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        owner, value = args[0], args[1] if len(args) > 1 else None
        if attribute == "grad" and isinstance(value, torch.Tensor) and self._there(owner) != self._there(value):
            raise PretendedDeviceError("assigned grad has data located on a different device")
        return func(*args, **named)

    # Refusals

    def _refuse_mixture(
        self, name: str, args: tuple[Any, ...], named: dict[str, Any], tensors: list[torch.Tensor]
    ) -> None:
        if name in _MAY_MIX:
            return
        if name in ("__getitem__", "__setitem__"):
            self._refuse_indices(*args)
            return
        here = [tensor for tensor in tensors if not self._there(tensor)]
        changed = list(tensors_in(named.get("out")))
        if name.endswith("_") and not name.endswith("__"):
            changed += list(tensors_in(args[:1]))
        guilty = [one for one in here if one.dim() > 0 or name in _STRICT or any(one is other for other in changed)]
        if guilty:
            raise PretendedDeviceError(_MIXTURE.format(self.device) + self._made_by(guilty[0]))

    def _refuse_indices(self, owner: Any, index: Any, value: Any = None) -> None:
        """Indices may lie on the CPU; those on the device do not fit a CPU tensor; a slice takes a copy of anything."""
        parts = index if isinstance(index, tuple) else (index,)
        lists = [part for part in parts if isinstance(part, torch.Tensor | list) and not _is_number(part)]
        if not self._there(owner) and any(map(self._there, tensors_in(lists))):
            raise PretendedDeviceError(_INDICES + self._made_by(owner))
        if lists and isinstance(value, torch.Tensor) and value.dim() > 0 and self._there(owner) != self._there(value):
            raise PretendedDeviceError(_MIXTURE.format(self.device) + self._made_by(value, owner))

    def _refuse_generator(self, args: tuple[Any, ...], named: dict[str, Any], *, lies: bool) -> None:
        generators = [one for one in (*args, *named.values()) if isinstance(one, torch.Generator)]
        if lies and any(one.device.type == _HOST for one in generators):
            raise PretendedDeviceError(_DRAWN.format(self.device.type))

    def _made_by(self, *tensors: torch.Tensor) -> str:
        """Return a remark that says where the tensor on the CPU came from."""
        origin = next((found for found in map(self.origin_of, tensors) if found is not None), None)
        return f" {origin.said()}" if origin is not None else ""


def _is_number(index: Any) -> bool:
    """Return whether an index is a single integer, which is read before it is used."""
    return isinstance(index, torch.Tensor) and index.dim() == 0 and index.dtype is not torch.bool


def _on_host(value: Any) -> Any:
    """Replace every mention of another device by the CPU, where the values really are."""
    if isinstance(value, torch.device) and value.type != _HOST:
        return torch.device(_HOST)
    if isinstance(value, str) and value.partition(":")[0] in ("cuda", "mps"):
        return _HOST
    if type(value) is tuple:
        return tuple(_on_host(item) for item in value)
    if type(value) is dict:
        return {key: _on_host(item) for key, item in value.items()}
    return value
