"""The traps around forbidden interfaces: laid once, in the zygote; a worker arms those that its exercise forbids.

Laying them in every worker would copy thousands of pages: a changed class touches all of its subclasses.
"""

import contextlib
import functools
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import torch

AUTOGRAD: Final = "autograd"
OPTIM: Final = "torch.optim"
NN: Final = "torch.nn"
NUMPY: Final = "numpy"
LINALG: Final = "torch.linalg"

_ELEMENTWISE: Final = ("relu", "relu_", "sigmoid", "tanh", "softmax", "log_softmax", "exp", "softplus_", "threshold_")
"""Functions of torch.nn.functional whose twins in torch a solution by hand may use."""
_LAYERS: Final = (
    *(
        "conv1d",
        "conv2d",
        "conv3d",
        "conv_t",
        "convolution",
        "adaptive_",
        "avg_pool",
        "max_pool",
        "dropout",
        "embedding",
    ),
    *("bilinear", "cosine_similarity", "pdist", "pairwise_distance", "binary_cross", "lstm", "gru", "rnn_", "native_"),
)


class Watchman(Protocol):
    """Who is told when somebody steps into a trap."""

    counts: dict[str, int]

    def step_in(self, name: str) -> None:
        """Note the violation and raise."""
        ...


@dataclass
class Traps:
    """The traps of one process: which rules are armed, and who is told."""

    armed: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    """Functions of torch that are forbidden by their own names."""
    guard: Watchman | None = None
    numpy_modules: tuple[str, ...] = ()
    laid: bool = False

    def lay(self) -> None:
        """Put a trap around every place of every rule; unarmed it calls through. Done once, in the zygote."""
        if self.laid:
            return
        self.laid = True
        for rule, places in _places().items():
            for owner, attribute, name in places:
                original = getattr(owner, attribute, None)
                if callable(original):
                    with contextlib.suppress(TypeError):  # a class of C that cannot be changed; its users are trapped
                        setattr(owner, attribute, self._around(original, rule, name))
        self._lay_operators()
        self.numpy_modules = tuple(name for name in sys.modules if name == NUMPY or name.startswith(f"{NUMPY}."))

    def _lay_operators(self) -> None:
        """Trap `torch.ops.aten.…`, the same functions by another road, and the engine behind torch.autograd."""
        layers = {name for name in vars(torch.nn.functional) if not name.startswith("_")} - set(_ELEMENTWISE)
        for kind in (torch._ops.OpOverloadPacket, torch._ops.OpOverload):  # noqa: SLF001
            original: Callable[..., Any] = kind.__call__

            @functools.wraps(original)  # torch._refs reads the signature
            def call(self: Any, *args: Any, _original: Any = original, **kwargs: Any) -> Any:
                if (TRAPS.armed or TRAPS.named) and TRAPS.guard is not None:
                    name = str(self).rpartition("aten.")[2].partition(".")[0]
                    if name in TRAPS.named or (NN in TRAPS.armed and (name in layers or _is_layer(name))):
                        TRAPS.guard.step_in(f"torch.ops.aten.{name}")
                    if AUTOGRAD in TRAPS.armed and name == "_backward":
                        TRAPS.guard.step_in("torch.ops.aten._backward")
                return _original(self, *args, **kwargs)

            kind.__call__ = call  # type: ignore[method-assign, assignment]
        variable = torch.autograd.Variable
        variable._execution_engine = _Engine(variable._execution_engine)  # type: ignore[assignment]  # noqa: SLF001

    def _around(self, original: Callable[..., Any], rule: str, name: str) -> Callable[..., Any]:
        counted = name in ("torch.autograd.backward", "torch.autograd.grad")
        # These look for names in the frame of their caller, which is the trap.
        looks_up = name in ("torch.jit.script", "torch.jit.CompilationUnit")

        @functools.wraps(original)
        def trap(*args: Any, **kwargs: Any) -> Any:
            if rule in self.armed and self.guard is not None:
                self.guard.step_in(name)
            if counted and self.guard is not None:
                self.guard.counts["backward"] = self.guard.counts.get("backward", 0) + 1
            if looks_up:
                kwargs["_frames_up"] = kwargs.get("_frames_up", 0) + 1
            return original(*args, **kwargs)

        return trap


class _Engine:
    """Autograd's engine, with a trap at its entrance."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def run_backward(self, *args: Any, **kwargs: Any) -> Any:
        """Differentiate, unless that is forbidden."""
        if AUTOGRAD in TRAPS.armed and TRAPS.guard is not None:
            TRAPS.guard.step_in("torch.autograd")
        return self._engine.run_backward(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


TRAPS: Final = Traps()
"""One per process, because torch is one per process; `lay` fills it in the zygote, `Guard.forbid` arms it in a worker."""


def _places() -> dict[str, list[tuple[Any, str, str]]]:
    """Return where each rule's traps lie: (owner, attribute, name in messages)."""
    derivatives = ("grad", "grad_and_value", "vjp", "jvp", "jacrev", "jacfwd", "jacobian", "hessian", "hvp", "vhp")
    transforms = ("_grad_increment_nesting", "_jvp_increment_nesting")
    native = torch._C._nn  # noqa: SLF001
    solvers = ("pinverse", "lstsq", "cholesky", "qr", "svd", "inverse", "cholesky_solve", "lu_solve")
    return {
        AUTOGRAD: [
            *((torch.autograd, name, f"torch.autograd.{name}") for name in ("backward", "grad")),
            (torch.Tensor, "backward", "Tensor.backward"),
            *((owner, "_engine_run_backward", "torch.autograd") for owner in (torch.autograd.graph, torch.autograd)),
            *(
                (owner, name, f"{owner.__name__}.{name}")
                for owner in (torch.func, torch.autograd.functional)
                for name in derivatives
            ),
            *((torch._C._functorch, name, "torch.func") for name in transforms),  # noqa: SLF001
            *((owner, name, "torch.autograd") for owner, name in _engines()),
            *((owner, name, f"torch.jit.{name}") for owner, name in _compilers()),
            *(
                (torch.autograd.forward_ad, name, "torch.autograd.forward_ad")
                for name in ("make_dual", "enter_dual_level")
            ),
        ],
        OPTIM: [(torch.optim.Optimizer, "__init__", "torch.optim"), *_functions("torch.optim")],
        NN: [
            (torch.nn.Module, "__init__", "torch.nn.Module"),
            (torch.nn.Parameter, "__new__", "torch.nn.Parameter"),
            *_functions("torch.nn.functional"),
            *_functions("torch.nn.init"),
            *((native, name, f"torch.nn.functional.{name}") for name in dir(native) if not name.startswith("_")),
            *((torch, name, f"torch.{name}") for name in dir(torch) if _is_layer(name)),
        ],
        LINALG: [
            *_functions("torch.linalg"),
            *(
                (owner, name, f"{word}.{name}")
                for owner, word in ((torch, "torch"), (torch.Tensor, "Tensor"))
                for name in solvers
            ),
        ],
        NUMPY: [
            (torch, "from_numpy", "torch.from_numpy"),
            *((torch.Tensor, name, "Tensor.numpy") for name in ("numpy", "__array__")),
        ],
    }


def _engines() -> list[tuple[Any, str]]:
    """Return the ways to autograd's engine that lie below torch.autograd."""
    variable = sys.modules["torch.autograd.variable"]
    return [(torch._C, "_ImperativeEngine"), (variable, "ImperativeEngine")]  # noqa: SLF001


def _compilers() -> list[tuple[Any, str]]:
    """Return the ways to code that runs outside of Python, where no trap lies."""
    return [(torch.jit, name) for name in ("script", "trace", "CompilationUnit", "load")]


def _is_layer(name: str) -> bool:
    """Return whether a function of `torch` is one of torch.nn.functional's under the same roof."""
    return name.startswith(_LAYERS) or name.endswith(("_loss", "_cell", "_norm", "_dropout", "_dropout_"))


def _functions(prefix: str) -> list[tuple[Any, str, str]]:
    """Return the functions of a module and of the modules below it, as places for traps."""
    places: list[tuple[Any, str, str]] = []
    for name in [name for name in sys.modules if name == prefix or name.startswith(f"{prefix}.")]:
        module = sys.modules[name]
        for attribute, value in vars(module).items():
            callable_ = isinstance(value, types.FunctionType | types.BuiltinFunctionType)
            home = str(getattr(value, "__module__", None) or prefix)
            if callable_ and not attribute.startswith("__") and home.startswith(("torch._C", prefix)):
                places.append((module, attribute, f"{prefix}.{attribute}"))
    return places
