"""Exercise 2.3.1: the forward pass of a two-layer network, and its loss.

A hidden layer with tanh, a linear output layer, and the mean of squares. The backward pass will need the activation.
Autograd, torch.nn, torch.optim and numpy are not allowed.
"""

import torch
from torch import Tensor

Params = dict[str, Tensor]


def forward(X: Tensor, params: Params) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the predictions of the network and a cache with its hidden activation.

    `X` is [N, D]. `params` holds W1 [D, H], b1 [H], W2 [H, O] and b2 [O]; samples are rows:

        h = tanh(X W1 + b1)        y_pred = h W2 + b2

    Returns `(y_pred, cache)`: `y_pred` [N, O], and `cache` a dictionary with the one key "h" [N, H]. Dtype and device
    are those of `X`; nothing carries a graph, and `params` is left as it is. With N = 0 both tensors have no rows.

    Example: W1 = [[0.1, 0.2], [0.3, 0.4]], b1 = [0, 0.1], W2 = [[0.5], [-0.5]], b2 = [0.2] and X = [[1, 2], [-1, 1]]
    give h = [[0.6043677771, 0.8004990218], [0.1973753202, 0.2913126125]] and
    y_pred = [[0.1019343777], [0.1530313539]].
    """
    # BEGIN SOLUTION Hidden layer, tanh, output layer; return the predictions and {"h": h}.
    z = X @ params["W1"] + params["b1"]  # [N, D] @ [D, H] + [H]: the bias is added to every row
    h = torch.tanh(z)
    y_pred = h @ params["W2"] + params["b2"]  # [N, H] @ [H, O] + [O]
    y_pred, cache = y_pred.detach(), {"h": h.detach()}
    return y_pred, cache
    # END SOLUTION


def loss(y_pred: Tensor, y: Tensor) -> Tensor:
    """Return the mean squared error of predictions `y_pred` [N, O] and targets `y` [N, O], a 0-dim tensor.

    The mean is over all N·O elements, with factor 1: the sum of (y_pred - y)² divided by N·O. The result has the
    dtype and device of `y_pred` and carries no graph.

    Raises ValueError if the two shapes are not equal (no broadcasting), and if there are no elements.

    Example: y_pred = [[0.1019343777], [0.1530313539]] and y = [[1], [0]] give 0.4149702286.
    """
    # BEGIN SOLUTION Refuse unequal shapes and empty input, then average the squares.
    if y_pred.shape != y.shape:
        raise ValueError("Predictions and targets must have equal shapes.")
    if y.numel() == 0:
        raise ValueError("The mean of no elements is not defined.")
    squares = (y_pred - y) ** 2
    return squares.mean().detach()
    # END SOLUTION
