"""A dry run of another device on the CPU: real values, a pretended device, and that device's errors.

Tensors that come from the arguments count as lying on the pretended device, fresh tensors lie where the
program put them. Mixing the two raises what the device would raise, so that `torch.zeros(1)` beside a CUDA
tensor is caught on a laptop without a GPU.
"""

import weakref
from collections.abc import Callable, Iterable
from typing import Any, Final

import torch
from torch.overrides import TorchFunctionMode

_HOST: Final = "cpu"
_MOVES: Final = frozenset(("to", "cpu", "cuda", "type", "copy_", "set_", "pin_memory"))
_MAY_MIX: Final = frozenset(("__getitem__", "__setitem__", "copy_", "index_put_", "index_put", "fill_", "set_"))
"""Operations that accept a CPU tensor beside one of the device: indices, and copies between devices."""


class PretendDevice(TorchFunctionMode):
    """A mode under which chosen tensors claim to lie on `device`."""

    def __init__(self, device: str) -> None:
        super().__init__()
        self.device = torch.device(device)
        self._there: dict[int, weakref.ref[torch.Tensor]] = {}

    def adopt(self, tensors: Iterable[torch.Tensor]) -> None:
        """Count these tensors as lying on the device."""
        for tensor in tensors:
            key = id(tensor)
            self._there[key] = weakref.ref(tensor, lambda _, key=key: self._there.pop(key, None))  # type: ignore[misc]

    def device_of(self, tensor: torch.Tensor) -> str:
        """Return the device a tensor claims to lie on."""
        return str(self.device) if id(tensor) in self._there else str(tensor.device)

    def __torch_function__(
        self, func: Callable[..., Any], _types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Run one operation on the CPU and decide where its result lies."""
        named = dict(kwargs or {})
        name = getattr(func, "__name__", "")
        owner = getattr(func, "__self__", None)
        if name == "__get__":
            return self._attribute(func, owner, args, named)
        wanted = self._wanted_device(name, args, named)
        tensors = list(_tensors((args, named)))
        there = [tensor for tensor in tensors if id(tensor) in self._there]
        self._refuse_mixture(name, tensors, there)
        if name == "numpy" and there:
            raise TypeError(
                f"can't convert {self.device} device type tensor to numpy. "
                "Use Tensor.cpu() to copy the tensor to host memory first."
            )
        result = func(*_on_host(args), **_on_host(named))
        on_device = wanted == self.device.type if wanted else bool(there)
        if isinstance(result, torch.Tensor | tuple | list):
            if wanted and isinstance(result, torch.Tensor) and any(result is tensor for tensor in tensors):
                result = result.clone()  # `to` hands back the same tensor on the CPU; devices would differ
            if on_device:
                self.adopt(_tensors(result))
        return result

    def _attribute(self, func: Callable[..., Any], owner: Any, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        result = func(*args, **named)
        there = bool(args) and id(args[0]) in self._there
        attribute = getattr(owner, "__name__", "")
        if there and attribute == "device":
            return self.device
        if there and attribute in ("is_cuda", "is_cpu"):
            return attribute == "is_cuda"
        if there and isinstance(result, torch.Tensor):
            self.adopt([result])
        return result

    def _wanted_device(self, name: str, args: tuple[Any, ...], named: dict[str, Any]) -> str | None:
        """Return the kind of device an operation asks for, or None when it follows its arguments."""
        if name == "cpu":
            return _HOST
        if name == "cuda":
            return self.device.type
        asked = named.get("device")
        if asked is None and name in ("to", "_to"):
            asked = next((arg for arg in args[1:2] if isinstance(arg, str | torch.device | torch.Tensor)), None)
        if isinstance(asked, torch.Tensor):
            return self.device_of(asked).partition(":")[0]
        if isinstance(asked, int) and not isinstance(asked, bool):
            return self.device.type
        return torch.device(asked).type if asked is not None else None

    def _refuse_mixture(self, name: str, tensors: list[torch.Tensor], there: list[torch.Tensor]) -> None:
        if not there or name in _MAY_MIX or name in _MOVES:
            return
        here = [tensor for tensor in tensors if id(tensor) not in self._there and torch.Tensor.dim(tensor) > 0]
        if here:
            raise RuntimeError(
                f"Expected all tensors to be on the same device, but found at least two devices, {self.device} and cpu!"
            )


def _tensors(value: Any) -> Iterable[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _tensors(item)


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
