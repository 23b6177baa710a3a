"""Forbidden interfaces: traps in the worker that decide, at run time, whether a rule was broken.

A name in a comment, a string or an unused import breaks no rule; a call does. A trap raises a
`ForbiddenCallError` (not an `Exception`, so that `except Exception` does not swallow it) and keeps a note
that `except BaseException` cannot erase.
"""

import builtins
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import torch

AUTOGRAD: Final = "autograd"
OPTIM: Final = "torch.optim"
NN: Final = "torch.nn"
NUMPY: Final = "numpy"
LINALG: Final = "torch.linalg"

_ENGINE_ENTRIES: Final = ("_grad_increment_nesting", "_jvp_increment_nesting", "_vmap_increment_nesting")


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
    violations: list[Violation] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    """How often `backward` (torch's differentiation) ran."""
    modules: set[str] = field(default_factory=set)
    """Whole modules that the submission's own `import` must not find."""

    def count_backward(self) -> None:
        """Count the runs of torch's differentiation, whatever started them."""
        for name in ("backward", "grad"):
            setattr(torch.autograd, name, self._counted(getattr(torch.autograd, name)))

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.counts["backward"] = self.counts.get("backward", 0) + 1
            return function(*args, **kwargs)

        return counted

    def forbid(self, rules: Sequence[str]) -> None:
        """Install the traps of the rules: the tags above, or dotted names such as `torch.sigmoid`, `Tensor.sigmoid`."""
        families = {
            AUTOGRAD: self._autograd,
            OPTIM: self._optim,
            NN: self._nn,
            NUMPY: self._numpy,
            LINALG: self._linalg,
        }
        for rule in rules:
            if rule in families:
                families[rule]()
            else:
                self._dotted(rule)

    def step_in(self, name: str) -> None:
        """Note a violation at the submission's current line and raise."""
        frame: types.FrameType | None = sys._getframe()  # noqa: SLF001
        while frame is not None and frame.f_code.co_filename != self.file:
            frame = frame.f_back
        self.violations.append(Violation(name, frame.f_lineno if frame else None))
        raise ForbiddenCallError(name)

    def trap(self, name: str) -> Callable[..., Any]:
        """Return a function that steps in whenever it is called."""

        def trapped(*_args: Any, **_kwargs: Any) -> Any:
            self.step_in(name)

        return trapped

    def _set(self, owner: Any, attribute: str, name: str) -> None:
        if hasattr(owner, attribute):
            setattr(owner, attribute, self.trap(name))

    def _autograd(self) -> None:
        for name in ("backward", "grad"):
            self._set(torch.autograd, name, f"torch.autograd.{name}")
        self._set(torch.Tensor, "backward", "Tensor.backward")
        self._set(torch.autograd.graph, "_engine_run_backward", "torch.autograd")
        self._set(torch.autograd, "_engine_run_backward", "torch.autograd")
        for owner in (torch.func, torch.autograd.functional):
            for attribute in ("grad", "grad_and_value", "vjp", "jvp", "jacrev", "jacfwd", "jacobian", "hessian", "hvp"):
                self._set(owner, attribute, f"{owner.__name__}.{attribute}")
        for attribute in _ENGINE_ENTRIES[:2]:
            self._set(torch._C._functorch, attribute, "torch.func")  # noqa: SLF001
        self._set(torch.autograd.forward_ad, "make_dual", "torch.autograd.forward_ad")
        self._set(torch.autograd.forward_ad, "enter_dual_level", "torch.autograd.forward_ad")

    def _optim(self) -> None:
        self._set(torch.optim.Optimizer, "__init__", "torch.optim")
        self._module_functions("torch.optim")

    def _nn(self) -> None:
        self._set(torch.nn.Module, "__init__", "torch.nn.Module")
        self._set(torch.nn.Parameter, "__new__", "torch.nn.Parameter")
        self._module_functions("torch.nn.functional", "torch.nn.init")
        for attribute in dir(torch._C._nn):  # noqa: SLF001
            if not attribute.startswith("_"):
                self._set(torch._C._nn, attribute, f"torch.nn.functional.{attribute}")  # noqa: SLF001

    def _linalg(self) -> None:
        self._module_functions("torch.linalg")
        for attribute in ("pinverse", "lstsq", "cholesky", "qr", "svd", "inverse", "cholesky_solve", "lu_solve"):
            self._set(torch, attribute, f"torch.{attribute}")
            self._set(torch.Tensor, attribute, f"Tensor.{attribute}")

    def _numpy(self) -> None:
        for loaded in [one for one in sys.modules if one == "numpy" or one.startswith("numpy.")]:
            del sys.modules[loaded]
        sys.meta_path.insert(0, TrapFinder(self, "numpy"))
        self._set(torch, "from_numpy", "torch.from_numpy")
        for attribute in ("numpy", "__array__"):
            self._set(torch.Tensor, attribute, "Tensor.numpy")

    def _module_functions(self, *modules: str) -> None:
        for prefix in modules:
            for name in [name for name in sys.modules if name == prefix or name.startswith(f"{prefix}.")]:
                module = sys.modules[name]
                for attribute, value in list(vars(module).items()):
                    callable_ = isinstance(value, types.FunctionType | types.BuiltinFunctionType)
                    home = str(getattr(value, "__module__", None) or prefix)
                    if callable_ and not attribute.startswith("__") and home.startswith(("torch._C", prefix)):
                        setattr(module, attribute, self.trap(f"{prefix}.{attribute}"))

    def builtins(self) -> dict[str, Any]:
        """Return the built-ins of a submission: its `import` finds stand-ins for the modules it may not use."""

        def guarded_import(name: str, *args: Any) -> Any:
            if name.partition(".")[0] in self.modules:
                return TrapModule(self, name.partition(".")[0])
            return builtins.__import__(name, *args)

        return {**vars(builtins), "__import__": guarded_import}

    def _dotted(self, rule: str) -> None:
        head, _, tail = rule.rpartition(".")
        if not head:
            self.modules.add(rule)
            return
        owner: Any = torch.Tensor if head == "Tensor" else torch
        for part in [] if head in ("torch", "Tensor") else head.removeprefix("torch.").split("."):
            owner = getattr(owner, part, None)
        self._set(owner, tail, rule)


class TrapModule(types.ModuleType):
    """Stands in for a forbidden module: importing is free, using is not."""

    def __init__(self, guard: Guard, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.__dict__["_guard"] = guard

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return TrapValue(self.__dict__["_guard"], f"{self.__name__}.{name}")


class TrapValue:
    """An attribute of a forbidden module: may be named (annotations, unused imports), not used."""

    def __init__(self, guard: Guard, name: str) -> None:
        self.__dict__.update(_guard=guard, _name=name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return TrapValue(self._guard, f"{self._name}.{name}")

    def __call__(self, *_args: Any, **_kwargs: Any) -> Any:
        """Step in."""
        self._guard.step_in(self._name)

    def __getitem__(self, _key: Any) -> Any:
        return self

    def __or__(self, _other: Any) -> Any:
        return self

    __ror__ = __or__

    def _used(self, *_args: Any) -> Any:
        self._guard.step_in(self._name)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _used
    __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __neg__ = __float__ = __int__ = __iter__ = __len__ = _used


class TrapFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers the import of a forbidden module with a `TrapModule`."""

    def __init__(self, guard: Guard, name: str) -> None:
        self._guard, self._name = guard, name

    def find_spec(self, fullname: str, _path: Any = None, _target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """Claim the module and everything below it."""
        if fullname == self._name or fullname.startswith(f"{self._name}."):
            return importlib.util.spec_from_loader(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Make the stand-in."""
        return TrapModule(self._guard, spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run."""
