"""Exercise 3.7.3: the backward pass of layer normalisation.

Every entry of a row moves the row's mean and variance, and with them all other entries of the output. The gradient has
to go these ways, too.
"""

import torch
from torch import Tensor


def layernorm_backward(grad_out: Tensor, x: Tensor, gamma: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients `(grad_x, grad_gamma, grad_beta)` of a layer normalisation.

    The forward pass, for each row of `x` [N, D] by itself, with `gamma` and beta [D]:

        mean = mean of the row        var = mean of (x - mean)²        (divisor D)
        s = sqrt(var + eps)           x̂ = (x - mean) / s               out = gamma · x̂ + beta

    `grad_out` [N, D] is the derivative of the loss with respect to `out`; it already contains any 1/N of the loss. With
    q = grad_out · gamma, and means over the D features of each row:

        grad_x     = (q - mean(q) - x̂ · mean(q · x̂)) / s        [N, D]
        grad_gamma = sum of grad_out · x̂ over the rows           [D]
        grad_beta  = sum of grad_out over the rows               [D]

    The results have the dtype and device of `x`, share no memory with the arguments and carry no graph. N = 0 gives an
    empty grad_x, and zeros for gamma and beta (sums of no rows).

    Example: x = [[1, 2, 3, 4]], gamma = [1, 1, 1, 1] and grad_out = [[1, 0, 0, 0]] give
    grad_x = [[0.2683303039, -0.3577683720, -0.0894434346, 0.1788815028]], grad_gamma = [-1.3416354200, 0, 0, 0] and
    grad_beta = [1, 0, 0, 0].
    """
    # BEGIN SOLUTION Recompute s and x̂ of every row; then write down the three formulas.
    mean = x.mean(1, keepdim=True)  # [N, 1], to go with [N, D]
    var = ((x - mean) ** 2).mean(1, keepdim=True)
    s = torch.sqrt(var + eps)
    x_hat = (x - mean) / s
    q = grad_out * gamma  # the derivative with respect to x̂
    # Subtract what the mean and the variance take away: q's part along (1, …, 1), and its part along x̂.
    grad_x = (q - q.mean(1, keepdim=True) - x_hat * (q * x_hat).mean(1, keepdim=True)) / s
    grad_gamma = (grad_out * x_hat).sum(0)
    grad_beta = grad_out.sum(0)
    return grad_x.detach(), grad_gamma.detach(), grad_beta.detach()
    # END SOLUTION
