"""Remembers what it computed."""

import functools

from torch import Tensor

SEEN: dict[tuple[float, ...], int] = {}
TWO = 2


@functools.lru_cache(maxsize=None)
def factor() -> int:
    """Return two."""
    return TWO


def double(x: Tensor) -> Tensor:
    """Return twice x."""
    global CALLS
    CALLS = globals().get("CALLS", 0) + 1
    SEEN[tuple(x.flatten().tolist())] = CALLS
    double.calls = CALLS
    return x * factor()
