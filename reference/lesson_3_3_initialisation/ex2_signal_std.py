"""Exercise 3.3.2: how large the signal is, layer by layer.

A forward pass through a stack of layers without biases, with one number noted after each: the quickest way to see
whether a start is a good one.
"""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor


def signal_std(X: Tensor, weights: Sequence[Tensor], activation: Literal["tanh", "relu", "identity"]) -> list[float]:
    """Return the standard deviation of the signal after each layer, one Python float per layer.

    `X` is [N, D]; the matrices in `weights` fit one another: [D, H1], [H1, H2], and so on. Starting from h = X, each
    layer gives

        h  <-  f(h W)        f: tanh, relu (max(0, z)) or identity (z), as `activation` says

    Note the standard deviation of h *after* the activation, over all its entries (samples and units together), with
    their mean subtracted and with the divisor n, the number of entries (not n - 1). No weights give [].

    Raises ValueError if X has no rows, and for any other activation.

    Example: X = [[1, 2], [-1, 1], [0, 3]], weights [[0.5, -1], [1, 0.5]] and [[1], [2]] give

        tanh 0.4939497150, 0.2828135480      relu 1.2884098727, 1.7159383568      identity 1.3458164479, 1.4142135624
    """
    # BEGIN SOLUTION Refuse bad input; feed each layer with the output of the one before, and note its deviation.
    functions = {"tanh": torch.tanh, "relu": torch.relu, "identity": lambda z: z}
    if len(X) == 0 or activation not in functions:
        raise ValueError("The signal needs samples and an activation among tanh, relu and identity.")
    h = X
    stds: list[float] = []
    for W in weights:
        h = functions[activation](h @ W)
        stds.append(h.std(correction=0).item())
    return stds
    # END SOLUTION
