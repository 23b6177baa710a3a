"""Every corner of the language."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from torch import Tensor


class State(enum.Enum):
    """Where we are."""

    WALKING = "walking"
    DONE = "done"


@dataclass
class Walk:
    """A walk so far."""

    w: Tensor
    lengths: list[float] = field(default_factory=list)

    def steps(self, slope_at: Callable[[Tensor], Tensor], lr: float) -> Iterator[State]:
        """Make one step after the other."""
        while (slope := slope_at(self.w)) is not None:
            self.lengths.append(slope.norm().item())
            self.w = self.w - lr * slope
            yield State.WALKING


def descend(w: Tensor, grad_fn: Callable[[Tensor], Tensor], lr: float, epochs: int) -> tuple[Tensor, list[float]]:
    """Walk downhill."""

    def counted(here: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        return grad_fn(here)

    calls = 0
    walk = Walk(w.clone())
    match epochs:
        case 0:
            return walk.w, walk.lengths
        case n if n < 0:
            raise ValueError(f"{n=}")
        case _:
            for state in itertools.islice(walk.steps(counted, lr), epochs):
                assert state is State.WALKING and calls == len(walk.lengths)
    return walk.w, walk.lengths
