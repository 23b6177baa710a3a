"""What one step of a training loop has to do with the right one: too large, reversed, not made at all."""

from dataclasses import dataclass
from typing import Any

import torch

from grader.faults import Generic
from grader.relations import factor_name, factor_remedy
from grader.structure import same
from grader.values import listed, named_parts

_REVERSED = "the negative of"


@dataclass(frozen=True)
class Move:
    """What one step did to a part, and what it should have done."""

    path: str
    made: torch.Tensor
    due: torch.Tensor

    @property
    def still(self) -> bool:
        """Whether the part should move and does not."""
        return not bool(self.made.any()) and bool(self.due.any())


def step_fault(
    names: tuple[str, ...], counts: dict[str, float], here: tuple[Any, Any], before: Any, when: str = ""
) -> Generic | None:
    """Return what the submission's step from `before` to `here` has to do with the right one, where that is simple.

    `when` says which step it was; without it, all steps that the function made are one.
    """
    moves = wrong_moves(names, here, before)
    if not moves:
        return None
    there = f" in {when}" if when else ""
    still = [move.path for move in moves if move.still]
    if len(still) == len(moves) and all(still):
        says = f"{listed(still)} {'does' if len(still) == 1 else 'do'} not move{there}."
        return Generic("g-still", says, could=(f"still {' '.join(still)}",))
    together = Move("", torch.cat([move.made for move in moves]), torch.cat([move.due for move in moves]))
    of = f" of {listed([move.path for move in moves])}" if all(move.path for move in moves) else ""
    return _ratio_of_steps(together, of, there, counts) or _each_by_itself(moves, there, counts)


def wrong_moves(names: tuple[str, ...], here: tuple[Any, Any], before: Any) -> list[Move]:
    """Return the parts that stand both before and after the step, and not where they should."""
    mine, right, start = (_states(value, names) for value in (*here, before))
    fits = [
        path
        for path in right
        if path in mine and path in start and mine[path].shape == right[path].shape == start[path].shape
    ]
    return [
        Move(path, (mine[path] - start[path]).reshape(-1).double(), (right[path] - start[path]).reshape(-1).double())
        for path in fits
        if not right[path].is_complex() and not mine[path].is_complex() and not same(mine[path], right[path])
    ]


def _states(value: Any, names: tuple[str, ...]) -> dict[str, torch.Tensor]:
    """Return the parts that a step moves: no histories."""
    found = named_parts(value, names)
    if isinstance(value, tuple) and len(value) == len(names):
        histories = {name for name, item in zip(names, value, strict=True) if isinstance(item, list)}
        found = {path: part for path, part in found.items() if path not in histories}
    return found


def _factor(move: Move, counts: dict[str, float]) -> tuple[float, str]:
    """Return by which factor a part moved too far, as a number and in words; no words where there is none."""
    large = move.due.abs() > 1e-6 * move.due.abs().max() if len(move.due) else move.due.bool()
    if not bool(large.any()) or not bool(torch.isfinite(move.made).all()):
        return 1.0, ""
    factor = float(move.made[large][0] / move.due[large][0])
    if abs(factor) < 1e-6 or abs(factor - 1) < 1e-6 or not same(move.made, factor * move.due):
        return 1.0, ""
    return factor, factor_name(factor, counts, single=int(large.sum()) == 1)


def _ratio_of_steps(move: Move, of: str, there: str, counts: dict[str, float]) -> Generic | None:
    factor, name = _factor(move, counts)
    if not name:
        return None
    if name == _REVERSED:
        says = f"The step{of}{there} goes uphill, in the opposite direction: look at the signs of gradient and update."
        return Generic("g-negated", says, brief="its step is reversed", could=("uphill",))
    remedy, could = factor_remedy(factor, counts)
    says = f"The step{of}{there} is {name} what it should be: {remedy}."
    return Generic("g-ratio", says, brief=f"its step is {name} the right one", could=could)


def _each_by_itself(moves: list[Move], there: str, counts: dict[str, float]) -> Generic | None:
    """Return what is wrong with every single part, where each has a fault of its own: then there are several mistakes."""
    said = []
    for move in moves:
        _, name = _factor(move, counts)
        if not move.path or not (name or move.still):
            return None
        if move.still:
            said.append(f"`{move.path}` does not move")
        elif name == _REVERSED:
            said.append(f"the step of `{move.path}` goes uphill")
        else:
            said.append(f"the step of `{move.path}` is {name} what it should be")
    words = f"{', '.join(said[:-1])} and {said[-1]}{there}"
    several = "Two things are" if len(said) == 2 else "Several things are"
    return Generic("g-steps", f"{several} wrong: {words}.", could=("several",))
