"""Exercise 1.2.2: walk downhill.

You do not know the landscape. You can only ask for its slope where you stand.
"""

from collections.abc import Callable

from torch import Tensor


def descend(w: Tensor, grad_fn: Callable[[Tensor], Tensor], lr: float, epochs: int) -> tuple[Tensor, list[float]]:
    """Walk `epochs` steps downhill from `w [D]` and return where you end and how steep the way was.

    In every epoch call `grad_fn` once, with the current weights: it returns the gradient `[D]`. Write down the
    length of the gradient (the root of the sum of its squares) as a Python float, then make the step: from the
    weights take away `lr` times the gradient. Leave the argument `w` as it is. With `epochs = 0` return
    a copy of `w` and an empty list; `epochs < 0` raises `ValueError`.

    Example: w = (3, 4), a gradient equal to the weights, lr = 0.5 and two epochs end at (0.75, 1), with the
    lengths 5 and 2.5.
    """
    # TODO: Work on a copy. In each epoch: gradient, length, step.
    raise NotImplementedError
