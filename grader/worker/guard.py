"""Forbidden interfaces: traps in the worker that decide, at run time, whether a rule was broken.

A name in a comment, a string or an unused import breaks no rule; a call does. A trap raises a
`ForbiddenCallError` (not an `Exception`, so that `except Exception` does not swallow it) and keeps a note
that `except BaseException` cannot erase.

The traps are laid once, in the zygote, around functions and methods of torch; a worker arms those that its exercise
forbids. Laying them in every worker would copy thousands of pages: a changed class touches all of its subclasses.
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
from typing import Any, Final

import torch

from grader.worker.standins import TrapFinder, TrapModule

AUTOGRAD: Final = "autograd"
OPTIM: Final = "torch.optim"
NN: Final = "torch.nn"
NUMPY: Final = "numpy"
LINALG: Final = "torch.linalg"


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

    def forbid(self, rules: Sequence[str]) -> None:
        """Arm the traps of the rules: the tags above, or dotted names such as `torch.sigmoid`, `Tensor.sigmoid`."""
        TRAPS.guard = self
        for rule in rules:
            if rule in (AUTOGRAD, OPTIM, NN, NUMPY, LINALG):
                TRAPS.armed.add(rule)
            else:
                self._dotted(rule)
        if NUMPY in rules:
            for name in TRAPS.numpy_modules:
                sys.modules.pop(name, None)
            sys.meta_path.insert(0, TrapFinder(self.step_in, NUMPY))

    def watch(self) -> None:
        """Forbid looking at the process itself: the call stack, the garbage collector's lists, raw memory.

        An audit hook sees each use, whatever name it goes by, and cannot be removed. Only uses whose innermost Python frame
        is not a library's count: dataclasses and logging look at frames as well. See PEP 578.
        """
        if self.watching:
            return
        self.watching = True
        libraries = tuple(
            dict.fromkeys(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
        )

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
                if not file.startswith((*libraries, "<frozen")) and file != __file__:
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
        armed = set(TRAPS.armed)
        TRAPS.armed.clear()
        try:
            yield
        finally:
            TRAPS.armed.update(armed)

    def step_in(self, name: str) -> None:
        """Note a violation at the submission's current line and raise."""
        frame: types.FrameType | None = sys._getframe()  # noqa: SLF001
        while frame is not None and frame.f_code.co_filename != self.file:
            frame = frame.f_back
        self.tell(Violation(name, frame.f_lineno if frame else None))
        raise ForbiddenCallError(name)

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


@dataclass
class Traps:
    """The traps of one process: which rules are armed, and who is told."""

    armed: set[str] = field(default_factory=set)
    guard: Guard | None = None
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
            original = kind.__call__

            def call(self: Any, *args: Any, _original: Any = original, **kwargs: Any) -> Any:
                if TRAPS.armed and TRAPS.guard is not None:
                    name = str(self).rpartition("aten.")[2].partition(".")[0]
                    if NN in TRAPS.armed and (name in layers or _is_layer(name)):
                        TRAPS.guard.step_in(f"torch.ops.aten.{name}")
                    if AUTOGRAD in TRAPS.armed and name == "_backward":
                        TRAPS.guard.step_in("torch.ops.aten._backward")
                return _original(self, *args, **kwargs)

            kind.__call__ = call  # type: ignore[method-assign, assignment]
        variable = torch.autograd.Variable
        variable._execution_engine = _Engine(variable._execution_engine)  # type: ignore[assignment]  # noqa: SLF001

    def _around(self, original: Callable[..., Any], rule: str, name: str) -> Callable[..., Any]:
        counted = name in ("torch.autograd.backward", "torch.autograd.grad")

        @functools.wraps(original)
        def trap(*args: Any, **kwargs: Any) -> Any:
            if rule in self.armed and self.guard is not None:
                self.guard.step_in(name)
            if counted and self.guard is not None:
                self.guard.counts["backward"] = self.guard.counts.get("backward", 0) + 1
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
