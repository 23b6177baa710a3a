"""The curves of a check: rows of numbers it compared, such as a loss per epoch, for a report that draws them."""

import math
from collections.abc import Iterator
from typing import Any, Final

import torch

from grader.compare import Rule, compare
from grader.results import Series

_SHORTEST: Final = 3
_LONGEST: Final = 5000
_MOST: Final = 4
"""Curves of one check."""


def series_of(compared: list[tuple[Any, Any, Rule, tuple[str, ...], str]]) -> list[Series]:
    """Return the rows of numbers among what a check compared, each name once."""
    found: dict[str, Series] = {}
    for got, expected, rule, names, path in compared:
        for name, mine, right in _rows(got, expected, names, path or "result"):
            if name not in found and len(found) < _MOST:
                found[name] = _series(name, mine, right, rule)
    return list(found.values())


def _rows(got: Any, expected: Any, names: tuple[str, ...], path: str) -> Iterator[tuple[str, list[float], list[float]]]:
    if isinstance(got, tuple) and isinstance(expected, tuple) and len(got) == len(expected):
        labels = names if len(names) == len(expected) else tuple(f"{path}[{index}]" for index in range(len(expected)))
        for mine, right, label in zip(got, expected, labels, strict=True):
            yield from _rows(mine, right, (), label)
        return
    mine_row, right_row = _row(got), _row(expected)
    if mine_row is not None and right_row is not None and _SHORTEST <= len(right_row) <= _LONGEST:
        yield path, mine_row[:_LONGEST], right_row


def _row(value: Any) -> list[float] | None:
    """Return a history or a vector as floats; None for everything else."""
    if isinstance(value, torch.Tensor) and value.dim() == 1 and not value.is_complex():
        numbers: list[float] = value.to(torch.float64).tolist()
        return numbers
    if isinstance(value, list) and value and all(type(one) in (int, float) for one in value):
        return [float(one) for one in value]
    return None


def _series(name: str, mine: list[float], right: list[float], rule: Rule) -> Series:
    return Series(name=name, expected=_json(right), got=_json(mine), differs_from=_first(mine, right, rule))


def _json(row: list[float]) -> list[float | None]:
    return [one if math.isfinite(one) else None for one in row]


def _first(mine: list[float], right: list[float], rule: Rule) -> int | None:
    """Return the first index at which the rows differ by the rule, or at which one of them ends."""
    shared = min(len(mine), len(right))
    if compare(mine[:shared], right[:shared], rule).difference is None:
        return None if len(mine) == len(right) else shared
    allowed = max((abs(one) for one in right if math.isfinite(one)), default=0.0) * 1e-9
    found = (index for index in range(shared) if not abs(mine[index] - right[index]) <= allowed)
    return next(found, None)
