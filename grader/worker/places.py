"""Where tensors lie in a dry run: something remembered about memory, for as long as the memory lives."""

import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch.multiprocessing.reductions import StorageWeakRef

_SWEEP: Final = 4096
"""Entries after which those of freed memory are thrown out for the first time."""


@dataclass(frozen=True)
class Origin:
    """What put a tensor on the CPU: the name of the operation and the line of the program."""

    name: str
    line: int | None

    def said(self) -> str:
        """Return it as a remark in a message."""
        place = f" in line {self.line}" if self.line is not None else ""
        return f"(The one on the CPU comes from `{self.name}`{place}.)"


THERE: Final = "there"
"""The place of a tensor that claims to lie on the pretended device."""


class Places:
    """Remembers of tensors that they lie on the device (`THERE`), or what put them on the CPU (an `Origin`)."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Callable[[], bool], Origin | str]] = {}
        self._sweep_at = _SWEEP

    def get(self, tensor: torch.Tensor) -> Origin | str | None:
        """Return what is known of a tensor's memory."""
        return self.at(key(tensor))

    def at(self, number: int) -> Origin | str | None:
        """Return what is known of the memory with this key."""
        found = self._known.get(number)
        return found[1] if found is not None and found[0]() else None

    def put(self, tensor: torch.Tensor, place: Origin | str) -> None:
        """Remember it, instead of what was known before."""
        number, alive = watched(tensor)
        self._known[number] = (alive, place)
        if len(self._known) > self._sweep_at:
            self._known = {one: entry for one, entry in self._known.items() if entry[0]()}
            self._sweep_at = max(_SWEEP, 2 * len(self._known))


def tensors_in(value: Any) -> Iterator[torch.Tensor]:
    """Yield the tensors of nested lists, tuples and dictionaries."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from tensors_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from tensors_in(item)


def key(tensor: torch.Tensor) -> int:
    """Return a number that views of the same memory share."""
    plain = _unwrapped(tensor)
    storage = _storage(plain)
    return int(storage._cdata) if storage is not None else id(plain)  # noqa: SLF001


def watched(tensor: torch.Tensor) -> tuple[int, Callable[[], bool]]:
    """Return the key of a tensor's memory, and whether it lives still; no other memory gets the key as long as both are kept."""
    plain = _unwrapped(tensor)
    storage = _storage(plain)
    if storage is not None:
        kept = StorageWeakRef(storage)  # type: ignore[no-untyped-call]
        return key(plain), lambda: not kept.expired()  # type: ignore[no-untyped-call]
    reference = weakref.ref(plain)
    return key(plain), lambda: reference() is not None


def _unwrapped(tensor: torch.Tensor) -> torch.Tensor:
    """Return the tensor inside of those that `torch.vmap` and its like wrap around one."""
    functorch = torch._C._functorch  # noqa: SLF001
    while functorch.is_functorch_wrapped_tensor(tensor):
        tensor = functorch.get_unwrapped(tensor)
    return tensor


def _storage(tensor: torch.Tensor) -> Any:
    """Return a tensor's memory, or None where it has none of its own (sparse tensors)."""
    try:
        return tensor.untyped_storage()
    except (NotImplementedError, RuntimeError):
        return None
