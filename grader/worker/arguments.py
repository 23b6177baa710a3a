"""The arguments of a call as its options want them: on a device, strided, part of a graph."""

import contextlib
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import torch

_DEEPEST: Final = 8
INSIDE: Final = "inside"
"""The module name of a check's functions that run beside a submission, and of the classes they define."""


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
    graphs: bool = False
    """Record graphs although the exercise forbids to differentiate."""
    measure: bool = False
    """Count what the call does: operations, steps of Python, numbers read one by one, memory."""


def prepared(value: Any, options: Options) -> Any:
    """Return an argument as the call's options want it: on a device, non-contiguous, with a graph."""
    if isinstance(value, torch.Tensor):
        moved = to_device(value, options.device) if options.device else value
        if options.strided and moved.dim() > 0:
            moved = _strided(moved)
        if options.requires_grad and moved.is_floating_point():
            moved = moved.requires_grad_()
        return moved
    if type(value) in (list, tuple):
        return type(value)(prepared(item, options) for item in value)
    if type(value) is dict:
        return {key: prepared(item, options) for key, item in value.items()}
    device = options.device or options.pretend
    if device and isinstance(value, torch.device | str) and str(value) == "cpu":
        return torch.device(device) if isinstance(value, torch.device) else device
    return value


def to_device(tensor: torch.Tensor, device: str) -> torch.Tensor:
    """Return the tensor on a device; Apple's has no float64 and gets float32."""
    narrow = device.startswith("mps") and tensor.dtype is torch.float64
    return tensor.to(device, torch.float32) if narrow else tensor.to(device)


def map_tensors(made: Any, change: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    """Return what a check made inside with every tensor changed.

    Modules, optimizers, data sets, closures and the check's own objects keep their identity: what holds them finds the
    change.
    """
    return _Change(change).within(made)


@dataclass
class _Change:
    """A change of tensors on its way through nested things."""

    change: Callable[[torch.Tensor], torch.Tensor]
    replaced: list[tuple[torch.Tensor, torch.Tensor]] = field(default_factory=list)
    """Parameters before and after: some devices cannot take over the memory of a parameter, and make a new one."""

    def within(self, made: Any, depth: int = 0) -> Any:
        """Return the thing with its tensors changed."""
        if depth > _DEEPEST:
            return made
        if isinstance(made, torch.nn.Module):
            before = list(made.parameters())
            made._apply(self.change)  # type: ignore[no-untyped-call]  # noqa: SLF001  what `Module.to` does
            self.replaced += zip(before, made.parameters(), strict=True)
        elif isinstance(made, torch.optim.Optimizer):
            for group in made.param_groups:
                group["params"] = [self._after(one) for one in group["params"]]
        elif isinstance(made, torch.Tensor):
            return self.change(made)
        elif type(made) in (list, tuple):
            return type(made)(self.within(item, depth + 1) for item in made)
        elif type(made) is dict:
            return {key: self.within(item, depth + 1) for key, item in made.items()}
        elif isinstance(made, types.FunctionType):
            for cell in made.__closure__ or ():
                with contextlib.suppress(ValueError):  # a cell that is not filled yet
                    cell.cell_contents = self.within(cell.cell_contents, depth + 1)
        elif _holds_data(made):
            for name, item in list(vars(made).items()):
                object.__setattr__(made, name, self.within(item, depth + 1))
        return made

    def _after(self, parameter: torch.Tensor) -> torch.Tensor:
        return next((after for before, after in self.replaced if before is parameter), parameter)


def _holds_data(value: Any) -> bool:
    """Return whether an object of the check's, or a data set or loader, may have tensors among its attributes."""
    kind = type(value)
    ours = kind.__module__ == INSIDE
    return (ours or isinstance(value, torch.utils.data.Dataset | torch.utils.data.DataLoader)) and hasattr(
        value, "__dict__"
    )


def _strided(tensor: torch.Tensor) -> torch.Tensor:
    """Return the same values with every second element of a larger, transposed storage."""
    wide = torch.zeros(*reversed([2 * size for size in tensor.shape]), dtype=tensor.dtype, device=tensor.device)
    view = wide.permute(*reversed(range(tensor.dim())))[tuple(slice(None, None, 2) for _ in tensor.shape)]
    view.copy_(tensor)
    return view
