"""What a wrong number has to do with the right one: a factor, a sign, an exchange, a shift."""

import math
from typing import Any

import torch

from grader.compare import FLOAT64, Difference, Generic, as_tensor, compare, numbers

_CLOSE = 1e-6


def generic_fault(got: Any, expected: Any, difference: Difference, counts: dict[str, float]) -> Generic | None:
    """Return the generic fault that explains a difference, or None.

    `counts` names numbers of the call (rows, batch size, learning rate, …) that a factor may equal.
    """
    if got is None:
        return Generic("g-none", "The function returned None: is a return missing?", structural=True)
    if difference.kind == "shape":
        return Generic("g-shape", f"Expected shape {difference.expected}, got {difference.got}.", structural=True)
    if difference.kind == "type":
        place = f" (at `{difference.where}`)" if difference.where else ""
        return Generic("g-type", f"Return {difference.expected}, not {difference.got}{place}.", structural=True)
    if difference.kind == "nonfinite":
        return Generic("g-nonfinite", "The result has NaN or infinity where finite values are expected.")
    if difference.kind != "value":
        return None
    return _factor(got, expected, counts) or _exchange(got, expected)


def _factor(got: Any, expected: Any, counts: dict[str, float]) -> Generic | None:
    pairs = list(zip(_flat(got), _flat(expected), strict=False))
    largest = max((abs(right) for _, right in pairs), default=0.0)
    ratios = [mine / right for mine, right in pairs if abs(right) > _CLOSE * largest]
    if not ratios or any(abs(ratio - ratios[0]) > _CLOSE * abs(ratios[0]) for ratio in ratios):
        return None
    factor = ratios[0]
    if not math.isfinite(factor) or abs(factor - 1) < _CLOSE or abs(factor) < _CLOSE:
        return None
    if abs(factor + 1) < _CLOSE:
        return Generic("g-negated", "Your result is the negative of the expected one.")
    return Generic(
        "g-ratio", f"Your result is {_name(factor, counts)} times the expected one: look for a missing constant."
    )


def _name(factor: float, counts: dict[str, float]) -> str:
    """Return a factor in words: as a number, and as what it equals in this call."""
    text = f"{factor:.6g}"
    for name, value in counts.items():
        if value and abs(value) != 1 and abs(factor - value) < _CLOSE * abs(value):
            return f"{text} (= {name})"
        if value and abs(value) != 1 and abs(factor * value - 1) < _CLOSE:
            return f"{text} (= 1/{name})"
    return text


def _exchange(got: Any, expected: Any) -> Generic | None:
    if (
        isinstance(got, tuple)
        and isinstance(expected, tuple)
        and len(got) == len(expected) == 2
        and _same(got[::-1], expected)
    ):
        return Generic("g-swapped", "The returned values are right but in the wrong order.")
    mine, right = as_tensor(got), as_tensor(expected)
    if mine is None or right is None or mine.dim() == 0 or mine.shape != right.shape or mine.is_complex():
        return None
    if mine.dim() == 2 and mine.shape[0] == mine.shape[1] and _same(mine.T, right):
        return Generic("g-transposed", "The values are right but rows and columns are exchanged.")
    if mine.dim() == 1 and len(mine) > 2:
        if _same(mine[1:], right[:-1]) or _same(mine[:-1], right[1:]):
            return Generic("g-shifted", "The values are right but shifted by one step.")
        if _same(mine.sort().values, right.sort().values):
            return Generic("g-swapped", "The returned values are right but in the wrong order.")
    return None


def _same(got: Any, expected: Any) -> bool:
    return compare(got, expected, FLOAT64).difference is None


def _flat(value: Any) -> list[float]:
    parts = [tensor.reshape(-1).to(torch.float64) for _, tensor in numbers(value) if not tensor.is_complex()]
    joined: list[float] = torch.cat(parts).tolist() if parts else []
    return joined if all(math.isfinite(entry) for entry in joined) else []
