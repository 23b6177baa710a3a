"""Which quantity of a training loop goes wrong first, told from the functions that a check passed in.

What a loop hands to `forward`, `loss_fn` and `grad_fn` are its own intermediate values: parameters after an update, a
prediction. They explain a wrong result and never cause one: a right solution may call its functions differently.
"""

from typing import Any, Final

import torch

from grader.calls import Answer
from grader.proxy import Spy
from grader.structure import same
from grader.values import as_tensor, show

Event = tuple[str, tuple[Any, ...]]
_MOST_EVENTS: Final = 400
_MOST_VALUES: Final = 3
_QUANTITIES: Final = (("forward", "prediction"), ("predict", "prediction"), ("loss", "loss"), ("grad", "gradient"))


def first_wrong_quantity(mine: Answer, right: Answer, case: dict[str, Any]) -> str:
    """Return a sentence about the first call of a passed function that differs; nothing if no function was passed."""
    if not any(isinstance(given, torch.Tensor) for _, args in right.trace for given in args):
        return ""  # e.g. a schedule, which gets the number of the epoch: that tells nothing about the numbers
    for index, (name, args) in enumerate(right.trace[:_MOST_EVENTS]):
        if index >= len(mine.trace):
            if name not in (one for one, _ in mine.trace):
                return f"`{name}` is never called."
            return f"After {_calls(len(mine.trace))} nothing more is called, where `{name}` is expected."
        called, given = mine.trace[index]
        turn = 1 + sum(one == name for one, _ in right.trace[:index])
        if called != name or len(given) != len(args):
            return f"After {_calls(index)} comes `{called}`, where `{name}` is due (its call {turn})."
        for place, (got, expected) in enumerate(zip(given, args, strict=True)):
            if not _equal(got, expected):
                values = f"argument {place + 1} of `{name}` in its call {turn} is {_brief(got)}, expected {_brief(expected)}."
                return f"{_quantity(expected, right.trace[:index], case)}: {values}"
    if len(mine.trace) > len(right.trace):
        return f"`{mine.trace[len(right.trace)][0]}` is called once more than needed."
    rest = (
        "what is recorded, at the last update and at what is returned"
        if "lr" in case
        else "what is made of their results"
    )
    return f"All functions get the right values, so look at {rest}."


def _calls(count: int) -> str:
    return "1 call" if count == 1 else f"{count} calls"


def _quantity(expected: Any, earlier: list[Event], case: dict[str, Any]) -> str:
    """Return what a wrong argument should have been: what a function returned, the start, or the result of an update."""
    functions = {_name(value): value for value in case.values() if callable(value)}
    for source, args in reversed(earlier):
        if source in functions and _equal(functions[source](*args), expected):
            word = next((word for part, word in _QUANTITIES if part in source), "result")
            return f"The {word} goes wrong first, it is not what `{source}` returned"
    if "lr" not in case:
        return "The calls differ"
    if any(_equal(value, expected) for value in case.values()):
        return "The start is wrong already"
    return "The update goes wrong first"


def _name(function: Any) -> str:
    return function.name if isinstance(function, Spy) else str(getattr(function, "__name__", "callback"))


def _equal(got: Any, expected: Any) -> bool:
    mine, right = as_tensor(got), as_tensor(expected)
    if mine is None or right is None or mine.is_complex() or right.is_complex():
        return mine is right and type(got) is type(expected)
    return same(mine, right)


def _brief(value: Any) -> str:
    tensor = as_tensor(value)
    if tensor is None or not tensor.numel() or tensor.is_complex():
        return f"a {type(value).__name__}"
    flat = tensor.to(torch.float64).reshape(-1)
    if flat.numel() == 1:
        return show(float(flat[0]), 5)
    shown = ", ".join(show(entry, 5) for entry in flat[:_MOST_VALUES].tolist())
    return f"[{shown}{', …' if flat.numel() > _MOST_VALUES else ''}]"
