"""Which parts and entries of an answer are wrong, in words: one entry, a row, the end of a series; and a few values."""

from collections.abc import Callable
from typing import Any, Final

import torch

from grader.values import brackets, called, listed, named_parts, show

MOST_VALUES: Final = 5
_DIGITS: Final = 5
_MOST_NAMES: Final = 6

Allowed = Callable[[str, torch.Tensor], float]
"""The largest error that is allowed in a part: by its path and what is expected of it."""


def describe(got: Any, expected: Any, allowed: Allowed, *, names: tuple[str, ...] = (), path: str = "") -> list[str]:
    """Return sentences: which parts are wrong and which are right, where in the first wrong one, and some of its values.

    Nothing is said about answers with other parts. `names` are those of a returned tuple's parts, `path`
    is the answer's own.
    """
    mine, right = named_parts(got, names, path), named_parts(expected, names, path)
    if mine.keys() != right.keys():
        return []
    fitting = [part for part in right if mine[part].shape == right[part].shape]
    masks = {part: _wrong(mine[part], right[part], allowed(part, right[part])) for part in fitting}
    wrong = [part for part in right if part not in masks or bool(masks[part].any())]
    fine = [part for part in right if part not in wrong]
    lines = []
    if wrong and fine and all(right) and len(right) <= _MOST_NAMES:
        lines.append(
            f"Only {listed(wrong)} {_differ(len(wrong))}; {listed(fine)} {'is' if len(fine) == 1 else 'are'} right."
        )
    if wrong and wrong[0] in masks and masks[wrong[0]].numel() > 1:
        part = wrong[0]
        pattern = where_in(masks[part], part)
        several = int(masks[part].sum()) > 1
        lines.append(f"{pattern} {_values(mine[part], right[part], masks[part])}" if several else pattern)
    return lines


def _wrong(mine: torch.Tensor, right: torch.Tensor, allowed: float) -> torch.Tensor:
    wide = torch.complex128 if mine.is_complex() or right.is_complex() else torch.float64
    mine, right = mine.to(wide), right.to(wide)
    equal = (mine == right) | (torch.isnan(mine) & torch.isnan(right))
    close = torch.isfinite(right) & torch.isfinite(mine) & ((mine - right).abs() <= allowed)
    return ~(equal | close)


def where_in(mask: torch.Tensor, path: str) -> str:
    """Return which entries of a tensor are wrong, as a sentence; `mask` marks them and has several entries."""
    count, size = int(mask.sum()), mask.numel()
    name = called(path) if path else "the result"
    first = f"{path}{brackets(tuple(int(i) for i in mask.nonzero()[0]))}"
    if count == size:
        return f"{'Both' if size == 2 else f'All {size}'} entries of {name} differ."
    if count == 1:
        rest = "the other is" if size == 2 else f"the other {size - 1} entries are"
        return f"Only `{first}` differs; {rest} right."
    if mask.dim() == 1 and bool(mask[size - count :].all()):
        return f"From `{first}` on all differ; the {size - count} before {'is' if size - count == 1 else 'are'} right."
    return _of_rows(mask, name) or f"{count} of {size} entries of {name} differ, first `{first}`."


def _of_rows(mask: torch.Tensor, name: str) -> str:
    """Return which rows or columns of a matrix are wrong as a whole, or nothing."""
    if mask.dim() != 2:
        return ""
    for word, lines in (("row", mask), ("column", mask.T)):
        whole = lines.any(dim=1)
        count, size = int(whole.sum()), len(whole)
        if size in {count, 1}:
            continue
        index = int(whole.nonzero()[0])
        if count == 1:
            which = f"the last {word}" if index == size - 1 else f"{word} {index}"
            return f"Only {which} of {name} differs; the {'other is' if size == 2 else f'other {size - 1} are'} right."
        if 2 * int(lines.sum()) < count * lines.shape[1]:
            continue
        if bool(whole[size - count :].all()):
            return f"Only the last {count} {word}s of {name} differ; the {size - count} before are right."
        if bool(whole[:count].all()):
            return f"Only the first {count} {word}s of {name} differ; the others are right."
    return ""


def _values(mine: torch.Tensor, right: torch.Tensor, mask: torch.Tensor) -> str:
    """Return a few of the wrong values beside the right ones."""
    yours, expected = (", ".join(show(v, _DIGITS) for v in side[mask][:MOST_VALUES].tolist()) for side in (mine, right))
    more = ", …" if int(mask.sum()) > MOST_VALUES else ""
    return f"Yours: {yours}{more}; expected: {expected}{more}."


def _differ(count: int) -> str:
    return "differs" if count == 1 else "differ"
