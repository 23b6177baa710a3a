"""What a call costs, counted instead of timed: the same program and arguments always give the same numbers."""

import sys
import types
from collections.abc import Callable, Iterable
from typing import Any, Final, Self

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from grader.worker.places import tensors_in, watched

_READS_ONE: Final = torch.ops.aten._local_scalar_dense.default  # noqa: SLF001


class Cost:
    """Counts, while it is entered, what the program in `files` does.

    `operations`: calls of torch's operations, also those that differentiation makes. `steps`: instructions of Python
    in the program's own files. `reads`: numbers taken out of tensors (`item`, `float`, `tolist`). `elements`: the most
    entries that tensors made by the call held at one time.
    """

    def __init__(self, files: Callable[[str], bool]) -> None:
        self.operations = self.steps = self.reads = self.elements = 0
        self.paused = False
        self._files = files
        self._made: dict[int, tuple[Callable[[], bool], int]] = {}
        self._modes = (_Operations(self), _Reads(self))

    def counts(self) -> dict[str, int]:
        """Return the numbers by name."""
        return {
            "operations": self.operations,
            "steps": self.steps,
            "reads": self.reads,
            "elements": self.elements,
        }

    def __enter__(self) -> Self:
        for mode in self._modes:
            mode.__enter__()  # type: ignore[no-untyped-call]
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)
        for mode in reversed(self._modes):
            mode.__exit__(None, None, None)  # type: ignore[no-untyped-call]

    def _trace(self, frame: types.FrameType, _event: str, _argument: Any) -> Callable[..., Any] | None:
        if not self._files(frame.f_code.co_filename):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._step

    def _step(self, _frame: types.FrameType, event: str, _argument: Any) -> Callable[..., Any]:
        self.steps += event == "opcode"
        return self._step

    def know(self, tensors: Iterable[torch.Tensor]) -> None:
        """Do not count the memory of these tensors: they were there before."""
        for tensor in tensors:
            number, alive = watched(tensor)
            self._made[number] = (alive, 0)

    def made(self, result: Any) -> None:
        """Count the memory of new tensors."""
        for tensor in tensors_in(result):
            number, alive = watched(tensor)
            if tensor.layout is not torch.strided or (number in self._made and self._made[number][0]()):
                continue
            self._made[number] = (alive, tensor.untyped_storage().nbytes() // max(1, tensor.element_size()))
            if self._held() > self.elements:
                self._made = {number: entry for number, entry in self._made.items() if entry[0]()}
                self.elements = max(self.elements, self._held())

    def _held(self) -> int:
        return sum(size for _, size in self._made.values())


class _Operations(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Sees every operation that reaches a kernel."""

    def __init__(self, cost: Cost) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._cost = cost

    def __torch_dispatch__(
        self, func: Any, _types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Count one operation."""
        result = func(*args, **(kwargs or {}))
        if not self._cost.paused:
            self._cost.operations += 1
            self._cost.reads += func is _READS_ONE
            self._cost.made(result)
        return result


class _Reads(TorchFunctionMode):
    """Sees `tolist`, which reads memory without an operation."""

    def __init__(self, cost: Cost) -> None:
        super().__init__()
        self._cost = cost

    def __torch_function__(
        self, func: Callable[..., Any], _types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Count the numbers of a list."""
        if getattr(func, "__name__", "") == "tolist" and args:
            self._cost.reads += args[0].numel() if args[0].dim() else 0
        return func(*args, **(kwargs or {}))
