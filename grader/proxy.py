"""What the author of a check holds: a program in the shape of a module, things that stayed in a worker, spies."""

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from grader.calls import Answer, Call, Callee, LessonError, Record, StudentError
from grader.faults import NotCheckable
from grader.results import Verdict
from grader.values import Foreign

UNRECORDED: Final = 1_000_000
"""The place of calls that leave no record: behind all that do."""


@dataclass(eq=False)
class Handle(Foreign):
    """A thing that stayed in the worker: a module, a closure, an iterator."""

    callee: Callee
    number: int
    type: str
    """Class name, as the worker claims it."""

    def _use(self, action: str, *args: Any, **kwargs: Any) -> Answer:
        return self.callee.answer(Call("operate", action, args, kwargs, handle=self.number))

    def __getattr__(self, name: str) -> Any:
        """Return an attribute: data by value, everything else as a handle."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self._use("attribute", name).value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the thing."""
        return self._use("call", *args, **kwargs).value

    def __getitem__(self, key: Any) -> Any:
        """Return an item."""
        return self._use("item", key).value

    def __len__(self) -> int:
        """Return the thing's length."""
        length = self._use("length").value
        return length if type(length) is int else 0

    def __iter__(self) -> Iterator[Any]:
        """Iterate, one round trip an item."""
        iterator = self._use("iterate").value
        if not isinstance(iterator, Handle):
            return
        while not (step := iterator._use("next")).exhausted:  # noqa: SLF001  the same class
            yield step.value

    def __bool__(self) -> bool:
        """Return True: a handle is there."""
        return True

    def __repr__(self) -> str:
        return f"<{self.type} in the worker>"


@dataclass
class Spy:
    """A callable with a name that traces remember."""

    name: str
    function: Callable[..., Any]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        return self.function(*args, **kwargs)


@dataclass(eq=False)
class Recorder:
    """A callee that keeps a record of what it was asked; the handles it gives out keep records as well."""

    callee: Callee
    records: list[Record]
    scope: int
    seed: int = 0
    pretend: str | None = None
    """The device of a dry run, for every call."""

    def answer(self, call: Call) -> Answer:
        """Ask the callee."""
        if any(
            getattr(handle.callee, "callee", None) is not self.callee for handle in handles((call.args, call.kwargs))
        ):
            raise LessonError("A check passed a thing that one program made to another program.")
        pretend = call.pretend or self.pretend
        record = Record(replace(call, scope=self.scope, place=len(self.records), seed=self.seed, pretend=pretend))
        self.records.append(record)
        try:
            record.answer = self.callee.answer(record.call)
        except StudentError as error:
            record.error = error
            raise
        self._adopt(record.answer.value)
        return record.answer

    def _adopt(self, value: Any) -> None:
        for handle in handles(value):
            handle.callee = self


def handles(value: Any) -> Iterator[Handle]:
    """Yield the handles of nested lists, tuples and dictionaries."""
    if isinstance(value, Handle):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from handles(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from handles(item)


@dataclass(eq=False)
class Proxy:
    """A callee in the shape of a module: `submission.backward(X, y)`, `submission.ANSWERS`."""

    _callee: Callee
    _functions: dict[str, tuple[str, ...]]
    """Functions of the exercise and the names of their parameters, from the reference."""
    _records: list[Record] = field(default_factory=list)
    _seed: int = 0
    _outputs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of the parts of a tuple that a function returns, from the reference."""
    _device: str | None = None
    """The device its arguments are moved to; None means the CPU."""
    _scope: int = 0
    _pretend: str | None = None

    def __post_init__(self) -> None:
        self._recorder = Recorder(self._callee, self._records, self._scope, self._seed, self._pretend)

    def __getattr__(self, name: str) -> Any:
        """Return a function of the exercise, or the value of a data attribute."""
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._functions:
            return self._recorder.answer(Call("get", name)).value

        def function(*args: Any, **kwargs: Any) -> Any:
            return self.answer(name, args, kwargs).value

        function.__name__ = name
        return function

    def answer(
        self,
        name: str,
        args: tuple[Any, ...] | dict[str, Any] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        device: str | None = None,
        pretend: str | None = None,
        requires_grad: bool = False,
        strided: bool = False,
        graphs: bool = False,
    ) -> Answer:
        """Call a function and return the whole answer; `args` may be a family's dictionary of arguments.

        `pretend` makes a dry run on another device, `requires_grad` and `strided` change the arguments' tensors, `graphs`
        has graphs recorded as in any other program, also where the exercise forbids to differentiate.
        """
        values = tuple(args.values()) if isinstance(args, dict) else args
        call = Call(
            *("call", name, values, kwargs or {}),
            names=self._functions.get(name, ())[: len(values)],
            device=device,
            pretend=pretend,
            requires_grad=requires_grad,
            strided=strided,
            graphs=graphs,
        )
        return self._recorder.answer(call)

    def inside(self, function: Callable[..., Any], *args: Any) -> Any:
        """Run a function of the check beside the program, in its worker, and return what it returns.

        For what cannot travel: it makes modules and optimizers to pass on, and looks at them afterwards. The function's
        source is sent: it finds `torch`, `nn`, `F`, `math` and its arguments, nothing else of the check file, and nothing
        is forbidden to it. Its random numbers start from the run's seed.
        """
        call = Call("inside", function.__name__, args, source=_source(function))
        try:
            return self._recorder.answer(call).value
        except StudentError as error:
            elsewhere = self._device or self._pretend
            if elsewhere is not None and error.verdict is Verdict.RAISED and error.line is None:
                raise NotCheckable(f"A part of this check does not run on {elsewhere}: {error.message}") from error
            raise

    def quietly(self, name: str, args: dict[str, Any], *, measure: bool = False) -> Answer:
        """Call a function without leaving a record: for explanations, and for counts (`measure`)."""
        values = tuple(args.values())
        names, place = self._functions.get(name, ()), UNRECORDED
        return self._callee.answer(
            Call(
                *("call", name, values),
                names=names,
                scope=self._scope,
                place=place,
                seed=self._seed,
                pretend=self._pretend,
                measure=measure,
            )
        )

    def pretending(self, device: str) -> "Proxy":
        """Return the same program in a dry run: whatever it is given, or made inside, claims to lie on `device`."""
        return replace(self, _pretend=device)


@functools.lru_cache(maxsize=256)
def _source(function: Callable[..., Any]) -> str:
    """Return the text of a function; finding it takes longer than the call that it is for."""
    return textwrap.dedent(inspect.getsource(function))


def outline(source: str) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Return a program's functions with the names of their parameters, and of the parts of what they return."""
    functions: dict[str, tuple[str, ...]] = {}
    outputs: dict[str, tuple[str, ...]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            functions[node.name] = ()
        elif isinstance(node, ast.FunctionDef):
            functions[node.name] = tuple(arg.arg for arg in [*node.args.args, *node.args.kwonlyargs])
            last = node.body[-1]
            if isinstance(last, ast.Return) and isinstance(last.value, ast.Tuple):
                outputs[node.name] = _part_names(last.value.elts)
    return functions, outputs


def _part_names(parts: list[ast.expr]) -> tuple[str, ...]:
    """Return what the parts of a tuple are called: `w` for `w` and for `w.detach()`; by their position where that fails."""
    found = []
    for index, part in enumerate(parts):
        root: ast.expr = part
        while isinstance(root, ast.Call | ast.Attribute):
            root = root.func if isinstance(root, ast.Call) else root.value
        plain = isinstance(root, ast.Name) and (
            root is part or (isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute))
        )
        found.append(root.id if isinstance(root, ast.Name) and plain else f"[{index}]")
    return tuple(name if found.count(name) == 1 else f"[{index}]" for index, name in enumerate(found))
