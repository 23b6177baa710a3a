"""Exercise 3.3.3: hidden units that are copies of each other.

Equal units compute the same, receive the same gradient and stay equal for ever. Count how many really different ones a
network has.
"""

import torch
from torch import Tensor


def distinct_units(W1: Tensor, b1: Tensor, W2: Tensor, tol: float = 1e-8) -> int:
    """Return the number of different hidden units of a two-layer network, as an `int`.

    `W1` is [D, H], `b1` [H] and `W2` [H, O]. Hidden unit j has the input weights W1[:, j], the bias b1[j] and the
    output weights W2[j, :]. Two units are equal if none of these numbers differs by more than `tol`: the largest
    difference is <= tol. The result is the number of classes of equal units: copies count once, wherever they stand.
    (Different classes are farther apart than a few tol, so that "equal" has no doubtful cases.) H = 0 gives 0.

    Example: W1 = [[1, 1, 1, 0]], b1 = [0, 0, 1, 0], W2 = [[2], [2], [2], [5]]. The first two units are equal, the
    third has another bias, the fourth another input weight: the result is 3.
    """
    # BEGIN SOLUTION Put all numbers of a unit into one row; keep a row if it equals none that was kept before.
    units = torch.cat([W1, b1.unsqueeze(0), W2.T]).T  # [H, D + 1 + O]
    different: list[Tensor] = []
    for unit in units:
        if not any((unit - other).abs().max() <= tol for other in different):
            different.append(unit)
    return len(different)
    # END SOLUTION
