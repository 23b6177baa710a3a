"""What a wrong answer has to do with the right one: a factor, a sign, an exchange, a shift. One sentence each, or none."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import torch

from grader.faults import Difference, Generic
from grader.structure import NEAR, flat, same, structural_fault
from grader.values import as_tensor, is_integral, listed, named_parts, show

NEAR_FLOAT32: Final = 1e-3
_ROUNDING: Final = (1e-9, 5e-6)
"""Where answers of float32 lie, relative to the largest entry."""
_MOST_OUTPUTS: Final = 4
_FEW: Final = 8
_A_LITTLE: Final = 0.01
"""A factor that is no farther from 1 is hardly a constant that is missing."""


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
    if difference.kind in ("shape", "type") and (moved := _swapped(got, expected, near)) is not None:
        order = f" The order is {listed(list(names))}." if names else ""
        return replace(moved, says=f"{moved.says}{order}", structural=True)
    if got is None or difference.kind != "value":
        return structural_fault(named_parts(got, names, path), named_parts(expected, names, path), difference, near)
    if near == NEAR and _is_rounding(got, expected):
        return _of_few_digits(got)
    wrong, several = wrong_parts(got, expected, names, path=path, near=near)
    paths = list(named_parts(expected, names, path))
    if not wrong:
        return _swapped(got, expected, near)
    if is_integral(expected) and not isinstance(expected, torch.Tensor):  # counts and indices have ratios by accident
        return _swapped(got, expected, near) or _of_whole_numbers(wrong, several, counts, near)
    return _swapped(got, expected, near) or _related(wrong, several, counts, near, paths)


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


def _of_few_digits(got: Any) -> Generic:
    """Return why an answer is right to about six digits; only numbers that float32 holds exactly show that it was that."""
    narrow = all(torch.equal(part.float().double(), part.double()) for part in named_parts(got, ()).values())
    return Generic("g-dtype", _LIKE_FLOAT32) if narrow else Generic("g-digits", _FEW_DIGITS, could=("digits",))


def _is_rounding(got: Any, expected: Any) -> bool:
    """Return whether all that differs is as small as rounding in float32, and too large for float64."""
    parts, _ = wrong_parts(got, expected, near=_ROUNDING[0])
    return bool(parts) and all(same(part.mine, part.right, _ROUNDING[1]) for part in parts)


# Numbers


def _related(
    wrong: Sequence[Part], several: bool, counts: dict[str, float], near: float, paths: Sequence[str]
) -> Generic | None:
    """Return the relation that holds between all wrong parts and what they should be; `paths` are those of all parts."""
    names = _together([part.path for part in wrong], paths)
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
        or _of_one_part(wrong, counts, near)
    )


def _of_whole_numbers(wrong: Sequence[Part], several: bool, counts: dict[str, float], near: float) -> Generic | None:
    """Return what counts or indices have to do with the right ones: another order, or all too large by the same."""
    names = [part.path for part in wrong]
    if all(_reordered(part.mine, part.right, near) for part in wrong):
        where = f" of {listed(names)}" if several and all(names) else ""
        return Generic("g-swapped", f"The values{where} are right but in the wrong order.")
    subject = (
        f"Your {listed(names)} {'is' if len(names) == 1 else 'are'}" if several and all(names) else "Your result is"
    )
    mine, right = flat([part.mine for part in wrong]), flat([part.right for part in wrong])
    return _offset(mine, right, counts, subject, near)


def _of_one_part(wrong: Sequence[Part], counts: dict[str, float], near: float) -> Generic | None:
    """Return the factor of a part, where the wrong parts have none in common: often the simplest part shows the cause."""
    for part in wrong if len(wrong) > 1 else ():
        found = _factor(flat([part.mine]), flat([part.right]), counts, f"Your `{part.path}` is", near)
        if found is not None and part.path:
            return replace(found, brief="", could=found.could or (f"{found.name} {found.brief}",))
    return None


def _together(wrong: list[str], paths: Sequence[str]) -> list[str]:
    """Return names with one for a list or dictionary all of whose entries are wrong, where there are many."""
    if len(wrong) <= _MOST_OUTPUTS:
        return wrong
    whole = {root for root in (path.partition("[")[0] for path in wrong) if root}
    whole -= {path.partition("[")[0] for path in paths if path not in wrong}
    return list(dict.fromkeys(path.partition("[")[0] if path.partition("[")[0] in whole else path for path in wrong))


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
        says = f"{subject} the negative of what is expected: is a difference taken the wrong way round?"
        return Generic("g-negated", says, brief="the negative")
    if not name or _by_accident(mine, right, factor):
        return None
    remedy, could = factor_remedy(factor, counts, near)
    return Generic("g-ratio", f"{subject} {name} what is expected: {remedy}.", brief=name, could=could)


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
    if single:
        return ""
    one_less = next((name for name, value in counts.items() if _one_less(name, value, factor, near)), "")
    return f"{text} (= {one_less}/({one_less}-1)) times" if one_less else f"{text} times"


def _by_accident(mine: torch.Tensor, right: torch.Tensor, factor: float) -> bool:
    """Return whether a ratio may say nothing: a few whole numbers have one, and it is seldom whole."""
    if len(mine) > _FEW or any(not torch.equal(one, one.round()) for one in (mine, right)):
        return False
    return not (factor.is_integer() or (1 / factor).is_integer())


def factor_remedy(factor: float, counts: dict[str, float], near: float = NEAR) -> tuple[str, tuple[str, ...]]:
    """Return what to look for where numbers are a factor too large, and the causes that it leaves open.

    Two may stand for themselves or for the number of samples: then both are said.
    """
    found = []
    for value, words, cause in ((0.5, "a missing factor 2", "factor 2"), (2.0, "a factor 2 too many", "factor 1/2")):
        if abs(factor - value) < near * value:
            found.append((words, cause))
    for name, value in counts.items():
        if not _counts_samples(name) or value in (0, 1):
            continue
        if abs(factor - value) < near * value:
            found.append((f"a sum that should be an average{_if_two(name, value)}", "sum"))
        elif abs(factor - 1 / value) < near / value:
            divisor = f"`{name}`" if name.startswith("len(") else "the number of samples"
            found.append((f"a division by {divisor} too many{_if_two(name, value)}", "mean"))
        elif _one_less(name, value, factor, near):
            found.append((f"a division by {name} - 1", "one less"))
    rate = counts.get("lr", 0.0)
    if rate not in (0, 1) and abs(factor - 1 / rate) < near / abs(rate):
        found.append(("the learning rate, which is missing", "no lr"))
    if not found:
        near_one = abs(factor - 1) < _A_LITTLE
        return "look for a constant that is a little off" if near_one else "look for a missing constant", ()
    causes = dict.fromkeys(cause for _, cause in found)
    firsts = [next(words for words, one in found if one == cause) for cause in causes]
    return f"look for {', or for '.join(firsts)}", tuple(causes)


def _counts_samples(name: str) -> bool:
    return name in ("N", "N·O", "O", "batch_size") or name.startswith("len(")


def _one_less(name: str, value: float, factor: float, near: float) -> bool:
    """Return whether something was divided by one less than a number of samples."""
    return _counts_samples(name) and value > 2 and abs(factor - value / (value - 1)) < near


def _if_two(name: str, value: float) -> str:
    return f" (`{name}` is 2)" if value == 2 else ""


def _offset(
    mine: torch.Tensor, right: torch.Tensor, counts: dict[str, float], subject: str, near: float
) -> Generic | None:
    gaps = mine - right
    gap = float(gaps[0])
    if len(gaps) < 2 or not bool(right.any()) or abs(gap) <= near or not same(gaps, torch.full_like(gaps, gap), near):
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
    return _is_sequence(right) and same(mine[:-1], right[1:], near)


def _begins_early(mine: torch.Tensor, right: torch.Tensor, near: float) -> bool:
    return _is_sequence(right) and same(mine[1:], right[:-1], near)


def _is_sequence(right: torch.Tensor) -> bool:
    """Return whether entries, moved by one, can be told from others that are right: two whole numbers soon agree."""
    if right.dim() == 0 or len(right) < 3:
        return False
    whole = torch.equal(right, right.round())
    return all(len(torch.unique(part, dim=0)) > 1 + whole for part in (right[1:], right[:-1]))


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
_FEW_DIGITS: Final = (
    "The values are right to about six digits only: is a part float32, a number rounded, or a small constant added?"
)
_EXCHANGES: Final[tuple[tuple[str, Callable[[torch.Tensor, torch.Tensor, float], bool], str], ...]] = (
    ("g-transposed", _transposed, "rows and columns are exchanged"),
    ("g-shifted", _begins_late, "shifted by one step: yours begin with the second expected value"),
    ("g-shifted", _begins_early, "shifted by one step: the first expected value comes second in yours"),
    ("g-swapped", _reordered, "in the wrong order"),
    ("g-swapped", _rows_reordered, "the rows are in the wrong order"),
)
