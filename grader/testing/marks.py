"""Marks of a check file: what the exercise is worth and forbids, what a check weighs, on which inputs it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import pytest

F_AD: Final = "autograd"
F_OPT: Final = "torch.optim"
F_NN: Final = "torch.nn"
F_NP: Final = "numpy"
F_LSQ: Final = "torch.linalg"
BY_HAND: Final = (F_AD, F_OPT, F_NN, F_NP)
"""Everything that would do the exercise for the student: autograd, optimizers, ready layers and losses, numpy."""

STD: Final = ("F64", "DEV", "NOMUT", "NOALIAS", "NOGRAD", "NONC", "TYPE")
"""The standard contract of every exercise that takes tensors."""

Check = TypeVar("Check", bound=Callable[..., Any])


@dataclass(frozen=True)
class Exercise:
    """What a check file says about its exercise as a whole."""

    points: int
    """Points of all checks together."""
    forbid: tuple[str, ...] = ()
    """Rules: the tags above, or dotted names such as `torch.sigmoid` or `Tensor.sigmoid`."""
    timeout: float | None = None
    """Seconds for all checks together, where the usual limit does not fit."""


def points(weight: int, kind: str, *, gate: bool = False) -> Callable[[Check], Check]:
    """Give a check its weight within its group.

    `kind` is one of W (worked example), R (comparison with the reference), FD (finite differences), INV (invariant), S
    (statistics), T (call trace), EDGE (edge case), CON (contract). `gate`: nothing is earned unless a
    gate passes; without one, the R checks are the gate.
    """
    if weight < 1:
        raise ValueError("A check weighs at least 1.")
    mark = pytest.mark.points(weight=weight, kind=kind, gate=gate)

    def apply(check: Check) -> Check:
        marked: Check = mark(check)
        return marked

    return apply


def cases(*families: Callable[..., Any]) -> Callable[[Check], Check]:
    """Run a check once for each input family; it receives the drawn arguments as `case`."""
    values = [pytest.param(family, id=family.__name__) for family in families]
    mark = pytest.mark.parametrize("case", values, indirect=True)

    def apply(check: Check) -> Check:
        marked: Check = mark(check)
        return marked

    return apply
