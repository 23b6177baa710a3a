"""Exercise 3.4.1: how large the gradient is in every layer of a deep network.

Going back through many layers, the error is multiplied once per layer. Measure what arrives where.
"""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor


def layer_gradient_norms(
    X: Tensor,
    y: Tensor,
    weights: Sequence[Tensor],
    activation: Literal["tanh", "sigmoid", "relu", "identity"],
) -> Tensor:
    """Return the Frobenius norm of the loss gradient of every weight matrix, a tensor [L], first layer first.

    `X` is [N, D], `y` [N, O]. `weights` holds the L matrices W_1 … W_L, each [fan_in, fan_out]; there are no biases.
    With the activation f, which every layer but the last applies:

        h_0 = X        z_l = h_(l-1) W_l        h_l = f(z_l)  for l < L        y_pred = z_L (the last layer is linear)

    The loss is the mean over all N·O elements of (y_pred - y)². Backpropagation, with ᵀ for the transpose, ⊙ for the
    product element by element and f' for the derivative of f:

        d_L = 2(y_pred - y) / (N·O)        d_l = (d_(l+1) W_(l+1)ᵀ) ⊙ f'(z_l)        G_l = h_(l-1)ᵀ d_l

    The result's entry l is the Frobenius norm of G_l, the root of the sum of the squares of all its entries. The
    derivatives are 1 - tanh(z)² (tanh), s(z)(1 - s(z)) with the sigmoid s (sigmoid), 1 where z > 0 and 0 elsewhere,
    also at z = 0 (relu), and 1 (identity). Dtype and device are those of `X`; the result carries no graph.

    L may be 1: one linear layer. Raises ValueError if N = 0.

    Example: X = [[1, 2], [-1, 1]], y = [[1], [0]] and the weights [[0.1, 0.2], [0.3, 0.4]] and [[0.5], [-0.5]] give
    [0.9178301067, 1.0486905518] with tanh and [0.3417244696, 1.0215489241] with sigmoid.
    """
    # BEGIN SOLUTION Forward: keep every layer's input and every z. Then go back from the last layer, and note the norms.
    if len(X) == 0:
        raise ValueError("The mean over no samples is not defined.")
    f, slope = {
        "tanh": (torch.tanh, lambda z: 1 - torch.tanh(z) ** 2),
        "sigmoid": (torch.sigmoid, lambda z: torch.sigmoid(z) * (1 - torch.sigmoid(z))),
        "relu": (torch.relu, lambda z: z > 0),  # True counts as 1 in a product
        "identity": (lambda z: z, torch.ones_like),
    }[activation]
    inputs, zs = [], []
    h = X
    for W in weights:
        inputs.append(h)
        zs.append(h @ W)
        h = f(zs[-1])  # the next layer's input; behind the last layer nobody asks for it
    y_pred = zs[-1]
    d = 2 * (y_pred - y) / y.numel()  # [N, O]: the error of the last layer
    norms = []
    for layer in reversed(range(len(weights))):
        gradient = inputs[layer].T @ d
        norms.append(gradient.square().sum().sqrt())
        if layer > 0:  # to the layer before: through the weights, then through the activation
            d = (d @ weights[layer].T) * slope(zs[layer - 1])
    norms.reverse()  # they were found from the last layer to the first
    return torch.stack(norms).detach()
    # END SOLUTION
