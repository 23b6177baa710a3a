"""Exercise 3.6.2: gradients that are too large.

Clipping by the norm makes a step shorter and keeps its direction. Clipping by value also turns it.
"""

import math
from collections.abc import Sequence

from torch import Tensor


def clip_by_norm(grads: Sequence[Tensor], max_norm: float) -> tuple[list[Tensor], float]:
    """Return `(clipped, norm)`: the gradients, scaled so that their common norm is at most `max_norm`, and the old norm.

    `norm` is the norm of all tensors together *before* clipping, the root of the sum of the squares of all entries, a
    Python float. All tensors are multiplied by one factor:

        factor = min(1, max_norm / (norm + 1e-6))

    (max_norm / norm is accepted as well: results are compared with a tolerance of 1e-5.) `clipped` is a list of new
    tensors with the shapes, dtypes and device of the old ones, also where nothing had to be clipped; the arguments stay
    as they are, and nothing carries a graph. `max_norm` is positive.

    Gradients that are all 0 stay 0. An empty list gives ([], 0.0). Raises ValueError if the norm is infinite or NaN.

    Example: the gradients [3] and [4] with max_norm = 1 give [0.6], [0.8] and the norm 5.
    """
    # BEGIN SOLUTION One norm of everything; refuse it if it is not finite; one factor, never above 1, for all tensors.
    norm = sum((grad**2).sum().item() for grad in grads) ** 0.5
    if not math.isfinite(norm):
        raise ValueError("The norm of the gradients is not finite.")
    factor = min(1.0, max_norm / (norm + 1e-6))
    clipped = [(factor * grad).detach() for grad in grads]
    return clipped, norm
    # END SOLUTION


def clip_by_value(grads: Sequence[Tensor], limit: float) -> list[Tensor]:
    """Return the gradients with every entry brought into the range from -limit to limit.

    Entries within the range stay as they are. The result is a list of new tensors with the shapes, dtypes and device of
    the old ones; the arguments stay as they are, and nothing carries a graph. `limit` is positive.

    Example: the gradient [3, -0.5, -4] with limit = 1 gives [1, -0.5, -1].
    """
    # BEGIN SOLUTION Limit both signs, entry by entry.
    return [grad.clamp(-limit, limit).detach() for grad in grads]
    # END SOLUTION
