"""math.ceil of a quotient, and pairs of neighbouring edges."""

import math
from itertools import pairwise


def updates_per_epoch(n_samples: int, batch_size: int, drop_last: bool = False) -> int:
    if batch_size < 1:
        raise ValueError("batch_size")
    quotient = n_samples / batch_size
    return math.floor(quotient) if drop_last else math.ceil(quotient)


def batch_bounds(n_samples: int, batch_size: int, drop_last: bool = False) -> list[tuple[int, int]]:
    if batch_size < 1:
        raise ValueError("batch_size")
    whole = n_samples - n_samples % batch_size
    edges = list(range(0, whole + 1, batch_size))
    if not drop_last and whole < n_samples:
        edges.append(n_samples)
    return list(pairwise(edges))
