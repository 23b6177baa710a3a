"""What one step of a training loop has to do with the right one: too large, reversed, not made at all."""

from typing import Any

import torch

from grader.faults import Generic
from grader.relations import factor_name
from grader.structure import same
from grader.values import listed, named_parts


def step_fault(
    names: tuple[str, ...], counts: dict[str, float], here: tuple[Any, Any], before: Any, when: str
) -> Generic | None:
    """Return what the submission's step from `before` to `here` has to do with the right one, where that is simple."""
    mine, right, start = (_states(value, names) for value in (*here, before))
    fits = [
        path
        for path in right
        if path in mine and path in start and mine[path].shape == right[path].shape == start[path].shape
    ]
    moves = [
        (path, (mine[path] - start[path]).reshape(-1).double(), (right[path] - start[path]).reshape(-1).double())
        for path in fits
        if not right[path].is_complex() and not mine[path].is_complex() and not same(mine[path], right[path])
    ]
    if not moves:
        return None
    still = [path for path, made, due in moves if not bool(made.any()) and bool(due.any())]
    if still and len(still) == len(moves) and all(still):
        return Generic("g-still", f"{listed(still)} {'does' if len(still) == 1 else 'do'} not move in {when}.")
    made = torch.cat([move for _, move, _ in moves])
    due = torch.cat([move for _, _, move in moves])
    return _ratio_of_steps([path for path, _, _ in moves], made, due, when, counts)


def _states(value: Any, names: tuple[str, ...]) -> dict[str, torch.Tensor]:
    """Return the parts that a step moves: no histories."""
    found = named_parts(value, names)
    if isinstance(value, tuple) and len(value) == len(names):
        histories = {name for name, item in zip(names, value, strict=True) if isinstance(item, list)}
        found = {path: part for path, part in found.items() if path not in histories}
    return found


def _ratio_of_steps(
    paths: list[str], made: torch.Tensor, due: torch.Tensor, when: str, counts: dict[str, float]
) -> Generic | None:
    large = due.abs() > 1e-6 * due.abs().max()
    if not bool(large.any()) or not bool(torch.isfinite(made).all()):
        return None
    factor = float(made[large][0] / due[large][0])
    if abs(factor) < 1e-6 or abs(factor - 1) < 1e-6 or not same(made, factor * due):
        return None
    name = factor_name(factor, counts, single=int(large.sum()) == 1)
    if not name:
        return None
    of = f" of {listed(paths)}" if all(paths) else ""
    if name == "the negative of":
        return Generic(
            "g-negated", f"The step{of} in {when} goes in the opposite direction.", brief="its step is reversed"
        )
    says = f"The step{of} in {when} is {name} what it should be: look for a missing constant."
    return Generic("g-ratio", says, brief=f"its step is {name} the right one")
