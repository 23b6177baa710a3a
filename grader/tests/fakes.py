"""Callees without a process: they answer calls with functions of this process."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from grader.calls import Answer, Call, StudentError
from grader.proxy import Proxy
from grader.results import Verdict


@dataclass
class FakeCallee:
    """Answers with plain functions and data, by name; remembers its calls."""

    things: dict[str, Any]
    calls: list[Call] = field(default_factory=list)

    def answer(self, call: Call) -> Answer:
        """Call the function on copies; what it raises becomes a `StudentError`; an `Answer` is passed on as it is."""
        self.calls.append(call)
        found = self.things.get(call.name)
        if found is None:
            text = f"The file does not define `{call.name}`. Keep the names and signatures of the stub."
            raise StudentError(Verdict.RAISED, text, types=("MissingName",))
        if call.kind == "get":
            return Answer(value=found)
        try:
            value = found(*copy.deepcopy(call.args), **call.kwargs)
        except StudentError:
            raise
        except NotImplementedError as error:
            types = ("NotImplementedError", "RuntimeError", "Exception")
            raise StudentError(Verdict.NOT_ATTEMPTED, "Not written yet.", types=types) from error
        except Exception as error:
            kinds = tuple(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")
            raise StudentError(Verdict.RAISED, f"{type(error).__name__}: {error}", types=kinds) from error
        return value if isinstance(value, Answer) else Answer(value=value)


def pretend_program(**things: Callable[..., Any]) -> Proxy:
    """Return functions of this process in the shape of a student's program."""
    names = {
        name: thing.__code__.co_varnames[: thing.__code__.co_argcount]
        for name, thing in things.items()
        if callable(thing)
    }
    return Proxy(FakeCallee(things), names)
