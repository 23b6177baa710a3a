"""Stand-ins for forbidden modules: importing and naming them is free, using them is not."""

import importlib.abc
import importlib.machinery
import importlib.util
import types
from collections.abc import Callable
from typing import Any


class TrapModule(types.ModuleType):
    """Stands in for a forbidden module: importing is free, using is not."""

    def __init__(self, step_in: Callable[[str], None], name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.__dict__["_step_in"] = step_in

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return TrapValue(self.__dict__["_step_in"], f"{self.__name__}.{name}")


class TrapValue:
    """An attribute of a forbidden module: may be named (annotations, unused imports), not used."""

    def __init__(self, step_in: Callable[[str], None], name: str) -> None:
        self.__dict__.update(_step_in=step_in, _name=name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return TrapValue(self._step_in, f"{self._name}.{name}")

    def __call__(self, *_args: Any, **_kwargs: Any) -> Any:
        """Step in."""
        self._step_in(self._name)

    def __getitem__(self, _key: Any) -> Any:
        return self

    def __or__(self, _other: Any) -> Any:
        return self

    __ror__ = __or__

    def _used(self, *_args: Any) -> Any:
        self._step_in(self._name)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _used
    __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __neg__ = __float__ = __int__ = __iter__ = __len__ = _used


class TrapFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers the import of a forbidden module with a `TrapModule`."""

    def __init__(self, step_in: Callable[[str], None], name: str) -> None:
        self._step_in, self._name = step_in, name

    def find_spec(self, fullname: str, _path: Any = None, _target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """Claim the module and everything below it."""
        if fullname == self._name or fullname.startswith(f"{self._name}."):
            return importlib.util.spec_from_loader(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Make the stand-in."""
        return TrapModule(self._step_in, spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run."""
