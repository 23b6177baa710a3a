"""What a program finds during a dry run that asks whether there is a GPU, or makes tensors where no mode sees it."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import torch
from torch.utils import _device as default_device


class Observer(Protocol):
    """Knows where the program is that runs."""

    def line(self) -> int | None:
        """Return its current line."""
        ...

    def asked_by_submission(self) -> bool:
        """Return whether the program itself called the function that asks this, not a library."""
        ...


@contextlib.contextmanager
def present(device: torch.device, observer: Observer, from_numpy: Callable[[torch.Tensor], Any]) -> Iterator[None]:
    """Tell the program, and no library, that the device is there; undo a default device that it sets.

    `from_numpy` is told of the tensors that `torch.from_numpy` makes, which modes do not see.
    """
    before, make = default_device.CURRENT_DEVICE, torch.from_numpy

    def answering(original: Callable[..., Any], answer: Any) -> Callable[..., Any]:
        return lambda *args, **named: answer if observer.asked_by_submission() else original(*args, **named)

    with contextlib.ExitStack() as stack:
        for owner, name, answer in (
            (torch.cuda, "is_available", True),
            (torch.cuda, "device_count", 1),
            (torch.cuda, "current_device", 0),
            (torch.accelerator, "is_available", True),
            (torch.accelerator, "current_accelerator", torch.device(device.type)),
        ):
            stack.enter_context(_instead(owner, name, answering(getattr(owner, name), answer)))
        stack.enter_context(_instead(torch, "from_numpy", lambda array: from_numpy(make(array))))
        try:
            yield
        finally:
            if before != default_device.CURRENT_DEVICE:
                torch.set_default_device(before)


@contextlib.contextmanager
def _instead(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Put something in the place of a module's attribute for a while."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)
