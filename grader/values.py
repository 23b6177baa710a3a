"""Values of checks and submissions: their numbers, the paths of their parts, and what they are called in sentences."""

import math
from collections.abc import Iterator
from typing import Any, Final

import torch

_LONGEST: Final = 60
_DIGITS: Final = (4, 6, 9, 12, 17)


class Foreign:
    """A value that stayed in its worker; `type` is its class, as the worker claims it."""

    type: str


# Numbers


def as_tensor(value: Any) -> torch.Tensor | None:
    """Return a tensor, a number or a series of numbers as a tensor; None for anything else."""
    if isinstance(value, torch.Tensor):
        return value
    try:
        if type(value) in (float, int, complex):
            wide = torch.complex128 if type(value) is complex else torch.float64
            return torch.tensor(value, dtype=wide)
        if is_series(value):
            return torch.tensor([float(item) for item in value], dtype=torch.float64)
    except OverflowError:  # an integer beyond every float
        return None
    return None


def is_number(value: Any) -> bool:
    """Return whether a value is a number of Python's or a tensor without dimensions."""
    return type(value) in (float, int) or (isinstance(value, torch.Tensor) and value.dim() == 0)


def is_series(value: Any) -> bool:
    """Return whether a value is a list of numbers, e.g. a history; it counts as one tensor."""
    if not isinstance(value, list) or not value:
        return False
    return all(is_number(item) and not (isinstance(item, torch.Tensor) and item.is_complex()) for item in value)


def is_integral(value: Any) -> bool:
    """Return whether a value consists of integers (or truth values in a tensor)."""
    if isinstance(value, torch.Tensor):
        return not value.is_floating_point() and not value.is_complex()
    if isinstance(value, list | tuple):
        return all(is_integral(item) for item in value)
    return type(value) is int


def numbers(value: Any, path: str = "") -> Iterator[tuple[str, torch.Tensor]]:
    """Yield the numeric parts of a value with the paths that `compare` gives them."""
    tensor = as_tensor(value)
    if tensor is not None:
        yield path, tensor
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from numbers(item, inside(path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from numbers(item, f"{path}[{index}]")


def named_parts(value: Any, names: tuple[str, ...], path: str = "") -> dict[str, torch.Tensor]:
    """Return the numeric parts by path; `names` are those of a returned tuple's parts, when they are known.

    `path` is the value's own, where its parts have no such names.
    """
    if isinstance(value, tuple) and len(names) == len(value):
        return {path: part for name, item in zip(names, value, strict=True) for path, part in numbers(item, name)}
    return dict(numbers(value, path))


# Words


def kind_of(value: Any) -> str:
    """Return what a value is, in the words of a type annotation."""
    if isinstance(value, torch.Tensor):
        return "Tensor"
    if value is None:
        return "None"
    return value.type if isinstance(value, Foreign) else type(value).__name__


def article(name: str) -> str:
    """Return a type's name with its article."""
    return name if name == "None" else f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"


def called(path: str) -> str:
    """Return a path as the subject of a sentence."""
    return f"`{path}`" if path else "The result"


def never_given(path: str, kind: str) -> str:
    """Return what to say of a part of an answer that is None: a function returned it, or it was never set."""
    return f"{called(path)} is None, expected {article(kind)}: is a `return` missing, or a value never set?"


def inside(path: str, key: Any) -> str:
    """Return the path of a dictionary's entry."""
    name = key if isinstance(key, str) else short(key)
    return f'{path}["{name}"]' if isinstance(key, str) and path else f"{path}[{name}]" if path else name


def brackets(index: tuple[int, ...]) -> str:
    """Return an index as it stands behind a name."""
    return f"[{', '.join(map(str, index))}]" if index else ""


def show(value: Any, digits: int = 10) -> str:
    """Return a number with at most so many digits."""
    if isinstance(value, float):
        return f"{value:.{digits}g}" if math.isfinite(value) else str(value)
    return str(value)


def tell_apart(*values: Any) -> list[str]:
    """Return numbers with as few digits as it takes to see that they differ."""
    shown: list[str] = []
    for digits in _DIGITS:
        shown = [show(value, digits) for value in values]
        if len(set(shown)) == len(shown):
            break
    return shown


def short(value: Any) -> str:
    """Return a value on at most sixty characters."""
    text = safe_repr(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def safe_repr(value: Any) -> str:
    """Return `repr(value)`, or what the value is where that fails (integers of thousands of digits)."""
    try:
        return repr(value)
    except (ValueError, OverflowError, RecursionError):
        return article(kind_of(value))


def listed(items: list[str], word: str = "and") -> str:
    """Return names in backticks as a sentence lists them."""
    quoted = [f"`{item}`" for item in items]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {word} {quoted[-1]}"
