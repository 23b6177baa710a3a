"""Keeps compilers out of workers: nothing is compiled there, and `torch._dynamo` is imported by those alone who need it.

The first step of any optimizer asks `torch._dynamo` to leave it uncompiled, and importing that for this one question takes
about a second and 120 MB in every worker. `install` answers the question without the import; whatever else is asked of
the module (by `torch.func`) imports the real one at that moment. `torch.compile`, which would start a compiler for C++, returns
what it is given: the numbers are the same.
"""

import contextlib
import importlib
import importlib.util
import sys
import types
from collections.abc import Callable
from typing import Any, Final

import torch

_NAME: Final = "torch._dynamo"
_RULES: Final = "torch._meta_registrations"
"""What compilers need, and the device `meta`; it is imported late as well, see `grader.early`."""

AROUND: Final[list[Callable[[], contextlib.AbstractContextManager[None]]]] = [contextlib.nullcontext]
"""The last one surrounds the late imports, which need what may be forbidden to the submission."""


class _Postponed(types.ModuleType):
    """Stands for `torch._dynamo` until more than the two functions below is asked of it."""

    @staticmethod
    def disable(fn: Callable[..., Any] | None = None, *_args: Any, **_kwargs: Any) -> Callable[..., Any]:
        """Return the function itself: nothing is compiled here."""
        return fn if fn is not None else lambda function: function

    @staticmethod
    def graph_break(*_args: Any, **_kwargs: Any) -> None:
        """Do nothing: there is no graph."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":  # looked for by who goes through all modules
            raise AttributeError(name)
        if sys.modules.get(_NAME) is self:
            del sys.modules[_NAME]
        with AROUND[-1]():
            importlib.import_module(_RULES)
            real = importlib.import_module(_NAME)
        return getattr(real, name)


def complete(source: str) -> None:
    """Import the rules for tensors without data before a program runs that may use them."""
    if "meta" in source:
        importlib.import_module(_RULES)


def _uncompiled(model: Callable[..., Any] | None = None, **_options: Any) -> Callable[..., Any]:
    """Stand for `torch.compile`: return the function or module itself, or a decorator that does."""
    return model if model is not None else lambda function: function


def install() -> None:
    """Postpone the import of `torch._dynamo`, unless it is there already, and have nothing compiled."""
    torch.compile = _uncompiled
    if _NAME not in sys.modules:
        postponed = _Postponed(_NAME)
        postponed.__spec__ = spec = importlib.util.find_spec(_NAME)
        postponed.__file__ = spec.origin if spec is not None else None
        sys.modules[_NAME] = postponed
        torch._dynamo = postponed  # noqa: SLF001  where `torch._dynamo.disable` looks
