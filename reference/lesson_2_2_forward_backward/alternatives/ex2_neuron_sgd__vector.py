"""Exercise 2.2.2 with w and b in one vector, every sample extended by the input 1."""

import torch
from torch import Tensor


def train(X: Tensor, y: Tensor, lr: float, epochs: int) -> tuple[Tensor, Tensor]:
    theta = torch.zeros(2, dtype=X.dtype, device=X.device)
    rows = torch.stack([X.detach(), torch.ones_like(X)], dim=1)
    y = y.detach()
    for step in range(epochs * len(rows)):
        i = step % len(rows)
        a = torch.sigmoid(rows[i] @ theta)
        theta = theta - lr * 2 * (a - y[i]) * a * (1 - a) * rows[i]
    w, b = theta
    return w, b
