"""Exercise 3.6.3: find the first bad loss, and refuse bad steps.

One NaN in one gradient spoils every later step. Notice it, and leave the parameters alone.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor


def first_bad_step(losses: Sequence[float]) -> int | None:
    """Return the index of the first loss that is NaN or infinite (of either sign), counted from 0.

    Returns None if all losses are finite, also if there are none.

    Example: (1, 2, NaN, 3) gives 2, (1, inf, NaN) gives 1, (NaN) gives 0 and () gives None.
    """
    # BEGIN SOLUTION Look at the losses from the first to the last; return the index of the first that is not finite.
    for step, loss in enumerate(losses):
        if not math.isfinite(loss):
            return step
    return None
    # END SOLUTION


def guarded_step(params: list[Tensor], grads: list[Tensor], lr: float) -> tuple[list[Tensor], bool]:
    """Return `(new_params, applied)`: the parameters after one guarded step of gradient descent.

    `params` and `grads` have equal lengths and shapes. If every entry of every gradient is finite, each parameter moves
    by -lr times its gradient and `applied` is True. If a single entry is NaN or infinite, no parameter moves, not even
    those with good gradients, and `applied` is False.

    `new_params` is a list of new tensors in both cases, with shapes and dtypes of the old ones and without a graph. Both
    arguments stay as they are. Gradients that are large but finite are not bad: (1e308, 1e308) in float64 is a gradient
    like any other.

    Example: params [1], [2], grads [0.5], [1] and lr = 0.1 give [0.95], [1.9] and True; with the gradients [0.5], [NaN]
    they give [1], [2] and False.
    """
    # BEGIN SOLUTION First look at all gradients; only then decide about all parameters.
    if not all(torch.isfinite(grad).all() for grad in grads):
        return [param.detach().clone() for param in params], False
    return [(param - lr * grad).detach() for param, grad in zip(params, grads)], True
    # END SOLUTION
