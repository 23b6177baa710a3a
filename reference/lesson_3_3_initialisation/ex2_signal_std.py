"""Exercise 3.3.2: what is left of a signal in a deep network.

Send data through a stack of layers and write down, after each, how much its values spread. Weights that are too small
make the signal fade, weights that are too large drive tanh against its limits.
"""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor


def signal_std(X: Tensor, weights: Sequence[Tensor], activation: Literal["tanh", "relu", "identity"]) -> list[float]:
    """Return the standard deviation of the signal after every layer, one Python float for each weight matrix.

    `X` is [N, D0], `weights[k]` is [Dk, Dk+1]; there are no biases. The signal starts as h = X, and every layer makes

        h  <-  f(h W)        f: tanh, relu, or the identity

    After each layer the *population* standard deviation over all N·Dk+1 entries of the new h is recorded:

        std(h) = √( mean of (h - mean of h)² )        divisor N·Dk+1, not N·Dk+1 - 1

    Without layers the list is empty. `X` and the weights stay as they are. Raises ValueError for an activation of
    another name.

    Example: X = [[1, 2], [-1, 1]] and weights = [ [[0.5], [1]], [[2]] ] give, for the identity, h = (2.5, 0.5) and then
    (5, 1): the list is [1.0, 2.0].
    """
    # BEGIN SOLUTION Feed each layer with what the previous one gave, and record after the activation.
    functions = {"tanh": torch.tanh, "relu": torch.relu, "identity": lambda z: z}
    if activation not in functions:
        raise ValueError(f"unknown activation {activation!r}")
    f = functions[activation]
    h, stds = X, []
    for W in weights:
        h = f(h @ W)
        stds.append((h - h.mean()).square().mean().sqrt().item())
    return stds
    # END SOLUTION
