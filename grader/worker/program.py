"""One loaded submission: its file run as a module, the names it defines, and what its text says."""

import ast
import linecache
import sys
import types
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from grader.worker import eager
from grader.worker.failures import MissingNameError, text
from grader.worker.guard import Guard
from grader.worker.pretend import PretendDevice
from grader.worker.wire import type_name

_ASK_FOR_DEVICES: Final = frozenset(("is_available", "device_count", "current_accelerator", "is_built"))
_MISSING: Final = object()


@dataclass
class Program:
    """A submission in its worker."""

    source: str
    file: str
    """The name in messages and tracebacks."""
    name: str
    folder: str = ""
    """Where the submission's other files lie, which it may import."""
    warned: list[str] = field(default_factory=list)
    untouched: bool = False
    """Every function still only raises `NotImplementedError`."""
    _code: types.CodeType | None = None
    _module: types.ModuleType | None = None
    _elsewhere: types.ModuleType | None = None
    """The program as it loads where a pretended device is present."""
    _asks_for_devices: bool = False

    def load(self, guard: Guard, forbid: Sequence[str]) -> None:
        """Run the file."""
        lines = self.source.splitlines(keepends=True)
        linecache.cache[self.file] = (len(self.source), None, lines, self.file)
        guard.file = self.file
        warnings.showwarning = self._warn  # type: ignore[assignment]
        warnings.simplefilter("default")
        tree = ast.parse(self.source, self.file)
        self.untouched = "NotImplementedError" in self.source and _untouched(tree)
        self._asks_for_devices = any(word in self.source for word in _ASK_FOR_DEVICES) and any(
            isinstance(node, ast.Attribute) and node.attr in _ASK_FOR_DEVICES for node in ast.walk(tree)
        )
        if self.folder:
            sys.path.append(self.folder)
        guard.forbid(forbid)
        guard.watch()
        self._code = compile(tree, self.file, "exec")
        eager.complete(self.source)
        self._module = types.ModuleType(self.name)
        sys.modules[self.name] = self._module
        self._run(self._module, guard)

    def load_elsewhere(self, guard: Guard, pretend: PretendDevice) -> None:
        """Run the file once more where a device is pretended, if it chooses its device by what the machine has."""
        self._elsewhere = None
        if self._asks_for_devices:
            self._elsewhere = types.ModuleType(self.name)
            with pretend.running():
                self._run(self._elsewhere, guard)

    def _run(self, module: types.ModuleType, guard: Guard) -> None:
        module.__file__ = self.file
        module.__dict__["__builtins__"] = guard.builtins()
        if self._code is not None:
            exec(self._code, module.__dict__)  # noqa: S102  running a submission is what we do

    def _warn(self, message: Any, category: type[Warning], filename: str, lineno: int, *_: Any) -> None:
        where = f"line {lineno}: " if filename == self.file else ""
        self.warned.append(f"{where}{category.__name__}: {text(message)}"[:400])

    def owns(self, file: str) -> bool:
        """Return whether a file is part of the submission."""
        return file == self.file or bool(self.folder and file.startswith(self.folder))

    def get(self, name: str, *, elsewhere: bool = False) -> Any:
        """Return what the program defines under a name."""
        module = self._elsewhere if elsewhere and self._elsewhere is not None else self._module
        found = vars(module).get(name, _MISSING)
        if found is _MISSING:
            raise MissingNameError(name)
        return found

    def function(self, name: str, *, elsewhere: bool = False) -> Callable[..., Any]:
        """Return a function that the program defines."""
        found = self.get(name, elsewhere=elsewhere)
        if not callable(found):
            raise TypeError(f"`{name}` is a {type_name(type(found))}, not a function")
        function: Callable[..., Any] = found
        return function


def _untouched(tree: ast.Module) -> bool:
    """Return whether every function still only raises `NotImplementedError`."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return bool(functions) and all(_only_raises(node.body) for node in functions)


def _only_raises(body: list[ast.stmt]) -> bool:
    rest = [node for node in body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    if len(rest) != 1 or not isinstance(rest[0], ast.Raise):
        return False
    raised = rest[0].exc
    named = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(named, ast.Name) and named.id == "NotImplementedError"
