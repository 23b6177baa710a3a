"""Computes elsewhere."""

from concurrent.futures import ThreadPoolExecutor

from torch import Tensor


def double(x: Tensor) -> Tensor:
    """Return twice x."""
    with ThreadPoolExecutor(2) as pool:
        (result,) = pool.map(lambda value: value + value, [x])
    return result
