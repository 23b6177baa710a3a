"""Exercise 1.1.2: twice a tensor."""

from torch import Tensor


def double(x: Tensor) -> Tensor:
    """Return twice `x`, entry by entry: a new tensor with the shape and dtype of `x`.

    An empty tensor gives an empty tensor. Example: (1, 2, 3) gives (2, 4, 6).
    """
    # TODO: Multiply every entry by two.
    raise NotImplementedError
