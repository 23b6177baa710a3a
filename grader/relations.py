"""What a wrong answer has to do with the right one: a factor, a sign, an exchange, a shift. One sentence each, or none."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch

from grader.faults import Difference, Generic
from grader.structure import NEAR, flat, same, structural_fault
from grader.values import as_tensor, listed, named_parts, show

NEAR_FLOAT32: Final = 1e-3
_ROUNDING: Final = (1e-9, 5e-6)
"""Where answers of float32 lie, relative to the largest entry."""
_MOST_OUTPUTS: Final = 4


@dataclass(frozen=True)
class Part:
    """One tensor or series of an answer, beside the one that is expected."""

    path: str
    mine: torch.Tensor
    right: torch.Tensor


def generic_fault(
    got: Any,
    expected: Any,
    difference: Difference,
    counts: dict[str, float],
    *,
    names: tuple[str, ...] = (),
    path: str = "",
    near: float = NEAR,
) -> Generic | None:
    """Return the generic fault that explains a difference, or None.

    `counts` names numbers of the call (rows, batch size, learning rate, …) that a factor may equal; `names` are those of a
    returned tuple's parts, `path` is the answer's own.
    """
    if got is None or difference.kind != "value":
        return structural_fault(named_parts(got, names, path), named_parts(expected, names, path), difference, near)
    if near == NEAR and _is_rounding(got, expected):
        return Generic("g-dtype", _LIKE_FLOAT32)
    wrong, several = wrong_parts(got, expected, names, path=path, near=near)
    return _swapped(got, expected, near) or (_related(wrong, several, counts, near) if wrong else None)


def wrong_parts(
    got: Any, expected: Any, names: tuple[str, ...] = (), *, path: str = "", near: float = NEAR
) -> tuple[list[Part], bool]:
    """Return the parts that differ, and whether others are right; nothing where the two cannot be laid side by side."""
    mine, right = named_parts(got, names, path), named_parts(expected, names, path)
    if mine.keys() != right.keys() or any(mine[path].shape != right[path].shape for path in right):
        return [], False
    if any(tensor.is_complex() for tensor in (*mine.values(), *right.values())):
        return [], False
    parts = [Part(path, mine[path].to(torch.float64), right[path].to(torch.float64)) for path in right]
    wrong = [part for part in parts if not same(part.mine, part.right, near)]
    return wrong, len(wrong) < len(parts)


def _is_rounding(got: Any, expected: Any) -> bool:
    """Return whether all that differs is as small as rounding in float32, and too large for float64."""
    parts, _ = wrong_parts(got, expected, near=_ROUNDING[0])
    return bool(parts) and all(same(part.mine, part.right, _ROUNDING[1]) for part in parts)


# Numbers


def _related(wrong: Sequence[Part], several: bool, counts: dict[str, float], near: float) -> Generic | None:
    """Return the relation that holds between all wrong parts and what they should be."""
    names = [part.path for part in wrong]
    subject = (
        f"Your {listed(names)} {'is' if len(names) == 1 else 'are'}" if several and all(names) else "Your result is"
    )
    mine, right = flat([part.mine for part in wrong]), flat([part.right for part in wrong])
    if not bool(torch.isfinite(mine).all() and torch.isfinite(right).all()):
        return None
    return (
        _factor(mine, right, counts, subject, near)
        or _exchanged(wrong, several, near)
        or _offset(mine, right, counts, subject, near)
    )


def _factor(
    mine: torch.Tensor, right: torch.Tensor, counts: dict[str, float], subject: str, near: float
) -> Generic | None:
    large = right.abs() > NEAR * right.abs().max()
    if not bool(large.any()):
        return None
    ratios = mine[large] / right[large]
    factor = float(ratios[0])
    fits = same(mine, factor * right, near)
    if not fits or not math.isfinite(factor) or abs(factor - 1) < near or abs(factor) < near:
        return None
    name = factor_name(factor, counts, near, single=len(ratios) == 1)
    if name == "the negative of":
        return Generic("g-negated", f"{subject} the negative of the expected one.", brief="the negative")
    if not name:
        return None
    return Generic("g-ratio", f"{subject} {name} the expected one: look for a missing constant.", brief=name)


def factor_name(factor: float, counts: dict[str, float], near: float = NEAR, *, single: bool = False) -> str:
    """Return a factor in words: `half`, `twice`, `the negative of`, or `7 times` and what 7 is in this call.

    A `single` number always has some factor: fewer are looked for, so that none fits by accident, else nothing is returned.
    """
    for value, words in ((-1.0, "the negative of"), (2.0, "twice"), (0.5, "half")):
        if abs(factor - value) < near * abs(value):
            return words
    text = show(factor, 6)
    for times, (name, value) in itertools.product((1.0,) if single else (1.0, 2.0, 0.5), counts.items()):
        if not value or abs(value) == 1:
            continue
        for candidate, words in ((times * value, _PRODUCTS[times]), (times / value, _QUOTIENTS[times])):
            if abs(candidate) != 1 and abs(factor - candidate) < near * abs(candidate):
                return f"{text} (= {words.format(name)}) times"
    return "" if single else f"{text} times"


def _offset(
    mine: torch.Tensor, right: torch.Tensor, counts: dict[str, float], subject: str, near: float
) -> Generic | None:
    gaps = mine - right
    gap = float(gaps[0])
    if len(gaps) < 2 or abs(gap) <= near or not same(gaps, torch.full_like(gaps, gap), near):
        return None
    equal = next(
        (
            name
            for name, value in counts.items()
            if abs(value) not in {0, 1} and abs(abs(gap) - abs(value)) < near * abs(value)
        ),
        "",
    )
    by = f"{show(abs(gap), 6)} (= {equal})" if equal else show(abs(gap), 6)
    way = "large" if gap > 0 else "small"
    says = f"{subject} {by} too {way} everywhere: look for a missing or an extra term."
    return Generic("g-offset", says, brief=f"{by} too {way}")


def _swapped(got: Any, expected: Any, near: float) -> Generic | None:
    """Recognise parts of a tuple or a dictionary that changed places."""
    if isinstance(got, dict) and isinstance(expected, dict) and got.keys() == expected.keys():
        pairs = [(key, as_tensor(got[key]), as_tensor(expected[key])) for key in expected]
    elif isinstance(got, tuple) and isinstance(expected, tuple) and len(got) == len(expected) <= _MOST_OUTPUTS:
        pairs = [(index, as_tensor(got[index]), as_tensor(expected[index])) for index in range(len(expected))]
    else:
        return None
    moved = [
        (key, mine, right)
        for key, mine, right in pairs
        if mine is not None and right is not None and not mine.is_complex() and not same(mine, right, near)
    ]
    if not 2 <= len(moved) <= _MOST_OUTPUTS:
        return None
    for order in itertools.permutations(moved):
        if all(same(mine, right, near) for (_, mine, _), (_, _, right) in zip(order, moved, strict=True)):
            which = f" {listed([str(key) for key, _, _ in moved])} changed places." if isinstance(got, dict) else ""
            return Generic("g-swapped", f"The returned values are right but in the wrong order.{which}")
    return None


def _exchanged(wrong: Sequence[Part], several: bool, near: float) -> Generic | None:
    """Recognise entries that stand in other places; every wrong part must show the same exchange."""
    names = [part.path for part in wrong]
    where = f" of {listed(names)}" if several and all(names) else ""
    for name, test, says in _EXCHANGES:
        if all(test(part.mine, part.right, near) for part in wrong):
            return Generic(name, f"The values{where} are right but {says}.")
    return None


def _transposed(mine: torch.Tensor, right: torch.Tensor, near: float) -> bool:
    return mine.dim() == 2 and mine.shape[0] == mine.shape[1] and same(mine.T, right, near)


def _begins_late(mine: torch.Tensor, right: torch.Tensor, near: float) -> bool:
    return mine.dim() > 0 and len(mine) > 2 and same(mine[:-1], right[1:], near)


def _begins_early(mine: torch.Tensor, right: torch.Tensor, near: float) -> bool:
    return mine.dim() > 0 and len(mine) > 2 and same(mine[1:], right[:-1], near)


def _reordered(mine: torch.Tensor, right: torch.Tensor, near: float) -> bool:
    return mine.dim() == 1 and len(mine) > 2 and same(mine.sort().values, right.sort().values, near)


def _rows_reordered(mine: torch.Tensor, right: torch.Tensor, near: float) -> bool:
    if mine.dim() != 2 or len(mine) < 3:
        return False
    mine, right = (tensor[tensor[:, 0].sort().indices] for tensor in (mine, right))
    return same(mine, right, near)


_PRODUCTS: Final = {1.0: "{}", 2.0: "2·{}", 0.5: "{}/2"}
_QUOTIENTS: Final = {1.0: "1/{}", 2.0: "2/{}", 0.5: "1/(2·{})"}
_LIKE_FLOAT32: Final = (
    "The values are right to about six digits only, as if a part were float32: create tensors from the input's dtype."
)
_EXCHANGES: Final[tuple[tuple[str, Callable[[torch.Tensor, torch.Tensor, float], bool], str], ...]] = (
    ("g-transposed", _transposed, "rows and columns are exchanged"),
    ("g-shifted", _begins_late, "shifted by one step: yours begin with the second expected value"),
    ("g-shifted", _begins_early, "shifted by one step: the first expected value comes second in yours"),
    ("g-swapped", _reordered, "in the wrong order"),
    ("g-swapped", _rows_reordered, "the rows are in the wrong order"),
)
