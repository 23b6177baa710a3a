"""Exercise 3.3.3: how many different hidden units a network has.

Hidden units that start equal get equal gradients and stay equal for ever: a hundred of them are worth one. This function
finds out how many really are different.
"""

import torch
from torch import Tensor


def distinct_units(W1: Tensor, b1: Tensor, W2: Tensor, tol: float = 1e-8) -> int:
    """Return the number of different hidden units of a two-layer network, as an `int`.

    `W1` is [D, H], `b1` is [H], `W2` is [H, O]. Unit j consists of its input weights W1[:, j], its bias b1[j] and its
    output weights W2[j, :]. Two units are equal if the largest absolute difference between their numbers is at most
    `tol`. Equal units form a class; the result is the number of classes. (Units of different classes are far apart here,
    so that it does not matter with which unit of a class you compare.) With H = 0 the result is 0.

    Example: W1 = [[1, 1, 2]], b1 = [0, 0, 0], W2 = [[3], [3], [3]] have 2 different units; with b1 = [0, 1, 0] they
    have 3.
    """
    # BEGIN SOLUTION Put all numbers of a unit side by side; a unit is new if it differs from all before it.
    units = torch.cat([W1.T, b1.unsqueeze(1), W2], dim=1)
    kept: list[Tensor] = []
    for unit in units:
        if all((unit - other).abs().max() > tol for other in kept):
            kept.append(unit)
    return len(kept)
    # END SOLUTION
