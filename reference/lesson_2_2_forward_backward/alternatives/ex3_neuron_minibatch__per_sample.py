"""Exercise 2.2.3 with a function for the gradient of one sample, and a list of gradients per batch."""

import torch
from torch import Tensor


def gradient(w: Tensor, b: Tensor, x: Tensor, target: Tensor) -> Tensor:
    a = torch.sigmoid(w * x + b)
    dz = 2 * (a - target) * a * (1 - a)
    return torch.stack([dz * x, dz])


def train_batch(X: Tensor, y: Tensor, lr: float, epochs: int, batch_size: int) -> tuple[Tensor, Tensor]:
    if batch_size <= 0:
        raise ValueError("batch_size must be positive")
    w = torch.tensor(0.0, dtype=X.dtype, device=X.device)
    b = w.clone()
    for _ in range(epochs):
        collected = []
        for i, (x, target) in enumerate(zip(X.detach(), y.detach()), start=1):
            collected.append(gradient(w, b, x, target))
            if len(collected) == batch_size or i == len(X):
                mean = torch.stack(collected).mean(dim=0)
                w, b = w - lr * mean[0], b - lr * mean[1]
                collected = []
    return w, b
