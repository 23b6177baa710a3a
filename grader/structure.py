"""Answers of the wrong structure: nothing returned, another type or shape, too few entries, NaN; and what is right in them."""

import re
from collections.abc import Sequence
from typing import Final

import torch

from grader.faults import Difference, Generic
from grader.values import article, called

NEAR: Final = 1e-6
"""Parts of this relative size are equal here: numbers published with ten decimals must show their relation as well."""

_DTYPE: Final = re.compile(r"(u?int|b?float|complex)\d+")
Parts = dict[str, torch.Tensor]


def structural_fault(got: Parts, expected: Parts, difference: Difference, near: float = NEAR) -> Generic | None:
    """Return what is wrong with the structure of an answer, from its numeric parts by path; None for other differences."""
    if difference.got == "None":
        return Generic("g-none", difference.message if difference.where else NOTHING, structural=True)
    if difference.kind == "type":
        return _of_type(got, expected, difference, near)
    if difference.kind == "nonfinite":
        return Generic("g-nonfinite", _not_finite(got), could=("g-nonfinite",))
    if difference.kind in ("shape", "length"):
        return _of_size(got, expected, difference, near)
    return None


def same(mine: torch.Tensor, right: torch.Tensor, near: float = NEAR) -> bool:
    """Return whether two tensors are equal for the purpose of a relation."""
    if mine.shape != right.shape:
        return False
    if not right.numel():
        return True
    error = float((mine.to(torch.float64) - right.to(torch.float64)).abs().max())
    return error <= near * float(right.to(torch.float64).abs().max()) + 1e-14


def flat(parts: Sequence[torch.Tensor]) -> torch.Tensor:
    """Return all entries of several tensors in a row, as float64; complex ones are left out."""
    real = [part.reshape(-1).to(torch.float64) for part in parts if not part.is_complex()]
    return torch.cat(real) if real else torch.zeros(0, dtype=torch.float64)


def _of_type(got: Parts, expected: Parts, difference: Difference, near: float) -> Generic:
    due, came = str(difference.expected), str(difference.got)
    must = f"`{difference.where}` must be" if difference.where else "Return"
    if _DTYPE.fullmatch(due) and _DTYPE.fullmatch(came):
        says = f"{called(difference.where)} must have the dtype {due}, not {came}"
    else:
        says = f"{must} {article(due)}, not {article(came)}"
    mine, right = flat(list(got.values())), flat(list(expected.values()))
    if right.numel() and same(mine, right, near):
        says += ": the values themselves are right"
    return Generic("g-type", f"{says}.", structural=True)


def _of_size(got: Parts, expected: Parts, difference: Difference, near: float) -> Generic | None:
    mine, right = got.get(difference.where), expected.get(difference.where)
    if difference.kind == "length":
        return _of_length(mine, right, difference, near)
    name = f" of `{difference.where}`" if difference.where else ""
    says = f"Expected shape {difference.expected}{name}, got {difference.got}"
    if mine is None or right is None or mine.is_complex() or right.is_complex():
        return Generic("g-shape", f"{says}.", structural=True)
    if mine.dim() == 2 and same(mine.T, right, near):
        return Generic(
            "g-transposed", f"{says}: the values are right but rows and columns are exchanged.", structural=True
        )
    several = mine.numel() == right.numel() > 1  # a lone number may be right by chance
    if several and same(mine.reshape(right.shape), right, near):
        return Generic("g-shape", f"{says}: the values are right.", structural=True)
    rows = right.numel()
    if rows > 1 and list(mine.shape) == [rows, rows] and right.dim() in (1, 2):
        says += f": a column [{rows}, 1] and a row [{rows}] were broadcast"
    return Generic("g-shape", f"{says}.", structural=True)


def _of_length(
    mine: torch.Tensor | None, right: torch.Tensor | None, difference: Difference, near: float
) -> Generic | None:
    if mine is None or right is None or mine.dim() != 1 or right.dim() != 1:
        return None
    name = f"`{difference.where}`" if difference.where else "The result"
    for longer, shorter, words in ((mine, right, "has {} entry too many"), (right, mine, "lacks {} entry")):
        if len(longer) == len(shorter) + 1 and len(shorter):
            for end, rest in (("its last", longer[:-1]), ("its first", longer[1:])):
                if same(rest, shorter, near):
                    return Generic("g-length", f"{name} {words.format(end)}: the others are right.")
    return None


def _not_finite(parts: Parts) -> str:
    says = "The result has NaN or infinity where finite values are expected"
    for path, tensor in parts.items():
        bad = ~torch.isfinite(tensor.reshape(-1))
        if not bool(bad.any()):
            continue
        first, count = int(bad.nonzero()[0]), int(bad.sum())
        if tensor.dim() == 1 and first > 0 and bool(bad[first:].all()):
            return f"{says}: `{path}` from `{path}[{first}]` on." if path else f"{says}: from entry {first} on."
        if bad.numel() == 1:
            return f"{says}: `{path}`." if path else f"{says}."
        share = "all entries" if count == bad.numel() else f"{count} of {bad.numel()} entries"
        return f"{says}: {share} of `{path}`." if path else f"{says}: {share}."
    return f"{says}."


NOTHING: Final = "The function returned None: is a return missing?"
