"""What the author of a check holds: a program in the shape of a module, things that stayed in a worker, spies."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from grader.calls import Answer, Call, Callee, Record, StudentError
from grader.compare import Foreign

_UNRECORDED: Final = 1_000_000
"""The place of calls that leave no record: behind all that do."""


@dataclass
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


@dataclass
class Recorder:
    """A callee that keeps a record of what it was asked; the handles it gives out keep records as well."""

    callee: Callee
    records: list[Record]
    scope: int

    def answer(self, call: Call) -> Answer:
        """Ask the callee."""
        record = Record(replace(call, scope=self.scope, place=len(self.records)))
        self.records.append(record)
        try:
            record.answer = self.callee.answer(record.call)
        except StudentError as error:
            record.error = error
            raise
        self._adopt(record.answer.value)
        return record.answer

    def _adopt(self, value: Any) -> None:
        if isinstance(value, Handle):
            value.callee = self
        elif isinstance(value, dict):
            for item in value.values():
                self._adopt(item)
        elif isinstance(value, list | tuple):
            for item in value:
                self._adopt(item)


@dataclass
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

    def __post_init__(self) -> None:
        self._recorder = Recorder(self._callee, self._records, self._scope)

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
    ) -> Answer:
        """Call a function and return the whole answer; `args` may be a family's dictionary of arguments.

        `pretend` makes a dry run on another device, `requires_grad` and `strided` change the arguments' tensors.
        """
        values = tuple(args.values()) if isinstance(args, dict) else args
        call = Call(
            *("call", name, values, kwargs or {}),
            names=self._functions.get(name, ())[: len(values)],
            seed=self._seed,
            device=device,
            pretend=pretend,
            requires_grad=requires_grad,
            strided=strided,
        )
        return self._recorder.answer(call)

    def inside(self, function: Callable[..., Any], *args: Any) -> Any:
        """Run a function of the check beside the program, in its worker, and return what it returns.

        For what cannot travel: it makes modules and optimizers to pass on, and looks at them afterwards. The function's
        source is sent: it finds `torch`, `nn`, `F`, `math` and its arguments, nothing else of the check file, and nothing
        is forbidden to it. Its random numbers start from the run's seed.
        """
        source = textwrap.dedent(inspect.getsource(function))
        call = Call("inside", function.__name__, args, source=source, seed=self._seed)
        return self._recorder.answer(call).value

    def quietly(self, name: str, args: dict[str, Any]) -> Answer:
        """Call a function without leaving a record: for explanations, not for verdicts."""
        values = tuple(args.values())
        names, place = self._functions.get(name, ()), _UNRECORDED
        return self._callee.answer(
            Call("call", name, values, names=names, scope=self._scope, place=place, seed=self._seed)
        )


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
                names = [one.id if isinstance(one, ast.Name) else "" for one in last.value.elts]
                if all(names):
                    outputs[node.name] = tuple(names)
    return functions, outputs
