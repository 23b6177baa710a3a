"""Exercise 2.3.2 with einsum; biases as weights of an input 1, and the constant multiplied at the end."""

import torch
from torch import Tensor


def backward(X: Tensor, y: Tensor, params: dict[str, Tensor], y_pred: Tensor, h: Tensor) -> dict[str, Tensor]:
    if not len(y):
        raise ValueError("N = 0")
    X, y, y_pred, h, W2 = (t.detach() for t in (X, y, y_pred, h, params["W2"]))
    one = X.new_ones(len(X), 1)
    error = y - y_pred
    slope = 1 - torch.square(h)
    second = torch.einsum("nh,no->ho", torch.cat([h, one], dim=1), error)
    first = torch.einsum("nd,no,ho,nh->dh", torch.cat([X, one], dim=1), error, W2, slope)
    c = -2 / error.numel()
    return {"b1": c * first[-1], "b2": c * second[-1], "W1": c * first[:-1], "W2": c * second[:-1]}
