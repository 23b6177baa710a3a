"""Exercise 2.1.4: two linear layers are one.

Without an activation between them, two layers can do nothing that a single one cannot. Here you write the single one
down. Autograd, torch.nn, torch.optim and numpy are not allowed.
"""

from torch import Tensor


def collapse(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    """Return the weight and the bias (W, b) of the single layer that equals two layers without an activation.

    `W1` is [D, H], `b1` [H], `W2` [H, O] and `b2` [O]. The result is `W` [D, O] and `b` [O], with their dtype and device,
    so that for all inputs X [N, D]

        X W + b = (X W1 + b1) W2 + b2

    Multiply out the right side to find them.

    Example: W1 = [[1, 2, 0], [0, 1, -1]], b1 = [1, 0, 2], W2 = [[1], [-1], [3]] and b2 = [0.5] give W = [[-1], [-4]] and
    b = [7.5].
    """
    # BEGIN SOLUTION Multiply out, and collect what stands at X and what does not.
    # X W1 W2 + b1 W2 + b2: the first bias passes through the second layer, too.
    W = W1 @ W2
    b = b1 @ W2 + b2
    return W, b
    # END SOLUTION
