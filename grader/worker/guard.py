"""Forbidden interfaces: traps in the worker that decide, at run time, whether a rule was broken.

A name in a comment, a string or an unused import breaks no rule; a call does. A trap raises a
`ForbiddenCallError` (not an `Exception`, so that `except Exception` does not swallow it) and keeps a note
that `except BaseException` cannot erase.

Where the traps lie is in `traps`; here is what happens to those who step in, and the watch over the process itself.
"""

import builtins
import contextlib
import functools
import sys
import sysconfig
import threading
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import torch

from grader.worker import eager
from grader.worker.standins import TrapFinder, TrapModule
from grader.worker.traps import AUTOGRAD, LINALG, NN, NUMPY, OPTIM, TRAPS

_OURS: Final = str(Path(__file__).parent)


@functools.cache
def libraries_of_python() -> tuple[str, ...]:
    """Return the folders of Python's own modules and of installed packages."""
    return tuple(dict.fromkeys(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")))


class ForbiddenCallError(BaseException):
    """The submission called something this exercise forbids."""


@dataclass
class Violation:
    """A broken rule and the line of the submission that broke it."""

    name: str
    line: int | None


@dataclass
class Guard:
    """Installs traps and remembers who stepped into one; lives in one worker."""

    file: str
    tell: Callable[[Violation], None] = lambda _violation: None
    """Told of every broken rule at once, before the submission goes on."""
    counts: dict[str, int] = field(default_factory=dict)
    """How often `backward` (torch's differentiation) ran."""
    watching: bool = False
    modules: set[str] = field(default_factory=set)
    """Whole modules that the submission's own `import` must not find."""
    _hidden: dict[str, types.ModuleType] = field(default_factory=dict)
    """numpy, where it is forbidden."""
    _finder: TrapFinder | None = None

    def forbid(self, rules: Sequence[str]) -> None:
        """Arm the traps of the rules: the tags above, or dotted names such as `torch.sigmoid`, `Tensor.sigmoid`."""
        TRAPS.guard = self
        for rule in rules:
            if rule in (AUTOGRAD, OPTIM, NN, NUMPY, LINALG):
                TRAPS.armed.add(rule)
            else:
                self._dotted(rule)
        if NUMPY in rules:
            self._hidden = {name: sys.modules.pop(name) for name in TRAPS.numpy_modules if name in sys.modules}
            self._finder = TrapFinder(self.step_in, NUMPY)
            sys.meta_path.insert(0, self._finder)
            eager.AROUND.append(self._with_numpy)

    @contextlib.contextmanager
    def _with_numpy(self) -> Iterator[None]:
        """Let torch's own modules find numpy while torch imports them, and nobody else."""
        finder = self._finder
        if finder is None or finder not in sys.meta_path:  # one import asks for another
            yield
            return
        stand_ins = {name: sys.modules.pop(name) for name in _of_numpy()}
        sys.modules.update(self._hidden)
        sys.meta_path.remove(finder)
        try:
            yield
        finally:
            self._hidden = {name: sys.modules.pop(name) for name in _of_numpy()}
            sys.modules.update(stand_ins)
            sys.meta_path.insert(0, finder)

    def watch(self) -> None:
        """Forbid looking at the process itself: the call stack, the garbage collector's lists, raw memory.

        An audit hook sees each use, whatever name it goes by, and cannot be removed. Only uses whose innermost Python frame
        is not a library's count: dataclasses and logging look at frames as well. See PEP 578.
        """
        if self.watching:
            return
        self.watching = True
        libraries = (*libraries_of_python(), "<frozen", _OURS)

        busy = False

        def hook(event: str, arguments: Any) -> None:
            nonlocal busy
            if event not in _WATCHED or busy:
                return
            if event == "object.__getattr__" and arguments[1] not in _FRAMES:
                return
            busy = True  # looking for the frame raises an event of its own
            try:
                frame = sys._getframe(1)  # noqa: SLF001
                file = frame.f_code.co_filename
                if file.endswith("inspect.py") and frame.f_back is not None:
                    file = frame.f_back.f_code.co_filename
                if not file.startswith(libraries):
                    self.step_in(_WATCHED[event])
            finally:
                busy = False

        sys.addaudithook(hook)
        start = threading.Thread.start

        def counted(thread: threading.Thread) -> None:
            self.counts["threads"] = self.counts.get("threads", 0) + 1
            start(thread)

        threading.Thread.start = counted  # type: ignore[method-assign, assignment]

    @contextlib.contextmanager
    def lowered(self) -> Iterator[None]:
        """Let the grader's own code, which runs beside the submission, use everything."""
        armed, named = set(TRAPS.armed), set(TRAPS.named)
        TRAPS.armed.clear()
        TRAPS.named.clear()
        try:
            yield
        finally:
            TRAPS.armed.update(armed)
            TRAPS.named.update(named)

    def step_in(self, name: str) -> None:
        """Note a violation at the submission's current line and raise."""
        self.tell(Violation(name, self.line()))
        raise ForbiddenCallError(name)

    def line(self) -> int | None:
        """Return the submission's current line."""
        frame: types.FrameType | None = sys._getframe()  # noqa: SLF001
        while frame is not None and frame.f_code.co_filename != self.file:
            frame = frame.f_back
        return frame.f_lineno if frame else None

    def asked_by_submission(self) -> bool:
        """Return whether the function of the worker's that asks this was called by the submission's own code."""
        frame: types.FrameType | None = sys._getframe()  # noqa: SLF001
        while frame is not None and frame.f_code.co_filename.startswith(_OURS):
            frame = frame.f_back
        return frame is not None and frame.f_code.co_filename == self.file

    def builtins(self) -> dict[str, Any]:
        """Return the built-ins of a submission: its `import` finds stand-ins for the modules it may not use."""

        def guarded_import(name: str, *args: Any, **kwargs: Any) -> Any:
            if name.partition(".")[0] in self.modules:
                return TrapModule(self.step_in, name.partition(".")[0])
            return builtins.__import__(name, *args, **kwargs)

        return {**vars(builtins), "__import__": guarded_import}

    def _dotted(self, rule: str) -> None:
        head, _, tail = rule.rpartition(".")
        if not head:
            self.modules.add(rule)
            return
        owner: Any = torch.Tensor if head == "Tensor" else torch
        if head in ("torch", "Tensor"):
            TRAPS.named.add(tail)  # torch.ops.aten has them as well
        for part in [] if head in ("torch", "Tensor") else head.removeprefix("torch.").split("."):
            owner = getattr(owner, part, None)
        found = getattr(owner, tail, None)
        if isinstance(found, types.ModuleType):
            for name in [name for name in sys.modules if name == rule or name.startswith(f"{rule}.")]:
                sys.modules.pop(name)
            sys.meta_path.insert(0, TrapFinder(self.step_in, rule))
            setattr(owner, tail, TrapModule(self.step_in, rule))
        elif isinstance(found, type):  # under whatever name it is imported
            found.__init__ = lambda *_args, **_kwargs: self.step_in(rule)  # type: ignore[misc]
        elif found is not None:
            setattr(owner, tail, lambda *_args, **_kwargs: self.step_in(rule))


def _of_numpy() -> list[str]:
    return [name for name in sys.modules if name == NUMPY or name.startswith(f"{NUMPY}.")]


_FRAMES: Final = ("tb_frame", "gi_frame", "cr_frame", "ag_frame")
_WATCHED: Final = {
    **dict.fromkeys(("sys._getframe", "sys._current_frames", "sys._current_exceptions"), "sys._getframe"),
    **dict.fromkeys(("gc.get_objects", "gc.get_referrers", "gc.get_referents"), "gc"),
    **dict.fromkeys(
        ("ctypes.dlopen", "ctypes.dlsym", "ctypes.cdata", "ctypes.string_at", "ctypes.call_function"), "ctypes"
    ),
    "object.__getattr__": "a frame",
    "sys.settrace": "sys.settrace",
    "sys.setprofile": "sys.setprofile",
}
"""Audit events, and the names of the rules that they break. sys._getframe raises no event for sys._getframe(0) itself."""
