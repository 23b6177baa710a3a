"""Exercise 3.4.4: layer normalisation.

The same formula as batch normalisation, taken along the other axis: every sample is normalised over its own features.
"""

import torch
from torch import Tensor


def layernorm_forward(x: Tensor, gamma: Tensor, beta: Tensor, eps: float = 1e-5) -> Tensor:
    """Return `x` [N, D] with every row normalised over its D features, then scaled and shifted: [N, D].

    `gamma` and `beta` are [D]. For every row, with its own mean and its own biased variance (divisor D):

        out = gamma ⊙ (row - mean) / √(var + eps) + beta        (eps stands inside the root; ⊙: element by element)

    Nothing depends on the other rows, so there are no running values and no training mode. N = 1 works, and N = 0
    gives [0, D]. A row of equal numbers gives beta. The result is a new tensor with the dtype and device of `x`, without
    a graph.

    Example: x = [[1, 2, 3, 4]], gamma = [1, 1, 1, 1], beta = [0, 0, 0, 0] give
    [[-1.3416354200, -0.4472118067, 0.4472118067, 1.3416354200]].
    """
    # TODO: Mean and variance of every row, kept as columns [N, 1] so that they meet their own row.
    raise NotImplementedError
