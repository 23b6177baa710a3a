"""What a call did to its arguments: values changed in place, memory shared with the result."""

from dataclasses import dataclass, field
from typing import Any

import torch


@dataclass
class Snapshot:
    """The arguments of one call as they were before it."""

    tensors: dict[str, tuple[torch.Tensor, torch.Tensor, int]] = field(default_factory=dict)
    """Path -> (the tensor that was passed, a copy, its version counter)."""
    containers: dict[str, tuple[Any, list[Any]]] = field(default_factory=dict)
    """Path -> (the container that was passed, identities and keys of its entries)."""
    generators: dict[str, torch.Generator] = field(default_factory=dict)

    @classmethod
    def take(cls, arguments: dict[str, Any]) -> "Snapshot":
        """Record the arguments, given by name."""
        snapshot = cls()
        for name, value in arguments.items():
            snapshot._record(name, value)
        return snapshot

    def _record(self, path: str, value: Any) -> None:
        if isinstance(value, torch.Tensor):
            self.tensors[path] = (value, value.detach().clone(), value._version)  # noqa: SLF001
        elif isinstance(value, torch.Generator):
            self.generators[path] = value
        elif isinstance(value, dict | list):
            self.containers[path] = (value, _outline(value))
        for key, item in _entries(value):
            self._record(f"{path}[{key}]", item)

    def mutated(self) -> dict[str, Any]:
        """Return the arguments that changed, with their new values: by value, by version, by entry."""
        changed: dict[str, Any] = {}
        for path, (container, outline) in self.containers.items():
            if _outline(container) != outline:
                changed[path] = container
        for path, (tensor, copy, version) in self.tensors.items():
            if tensor._version != version or not _identical(tensor.detach(), copy):  # noqa: SLF001
                changed[path] = tensor.detach()
        return changed

    def aliases(self, result: Any) -> list[str]:
        """Return the paths of the arguments whose memory the result shares."""
        mine = {_memory(tensor): path for path, (tensor, _, _) in self.tensors.items() if tensor.numel()}
        boxes = {id(container): path for path, (container, _) in self.containers.items()}
        found = []
        for part in _walk(result):
            if isinstance(part, torch.Tensor) and part.numel() and part.layout is torch.strided:
                found.append(mine.get(_memory(part)))
            else:
                found.append(boxes.get(id(part)))
        return sorted({path for path in found if path is not None})


def _outline(container: Any) -> list[Any]:
    if isinstance(container, dict):
        return [(key, id(item)) for key, item in container.items()]
    return [id(item) for item in container]


def _entries(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [(f'"{key}"' if isinstance(key, str) else str(key), item) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [(str(index), item) for index, item in enumerate(value)]
    return []


def _walk(value: Any, depth: int = 0) -> list[Any]:
    if depth > 8:
        return []
    parts = [value]
    for _, item in _entries(value)[:1000]:
        parts += _walk(item, depth + 1)
    return parts


def _memory(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _identical(left: torch.Tensor, right: torch.Tensor) -> bool:
    if left.shape != right.shape or left.dtype != right.dtype:
        return False
    return bool(torch.equal(left, right)) or bool(torch.equal(left.isnan(), right.isnan()) and left.isnan().any())
