"""In place on copies, without a graph; one row at a time as a [1, D] matrix."""

import torch
from torch import Tensor


@torch.no_grad()
def sgd_epoch(X: Tensor, y: Tensor, w: Tensor, b: Tensor, lr: float, order: Tensor) -> tuple[Tensor, Tensor]:
    w = w.clone()
    b = b.clone()
    for i in order:
        x_i = X[i : i + 1]
        twice = 2 * (x_i @ w + b - y[i : i + 1])
        w -= lr * (x_i.T @ twice)
        b -= lr * twice[0]
    return w, b
