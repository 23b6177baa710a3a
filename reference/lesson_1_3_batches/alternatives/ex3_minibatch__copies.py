"""Whole shuffled copies in every epoch, contiguous slices, updates in place."""

import torch
from torch import Tensor


@torch.no_grad()
def train_minibatch(
    X: Tensor,
    y: Tensor,
    w: Tensor,
    b: Tensor,
    lr: float,
    epochs: int,
    batch_size: int,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor, list[float]]:
    if batch_size < 1:
        raise ValueError("batch_size must be positive")
    w, b = w.clone(), b.clone()
    losses = []
    n = X.size(0)
    if n == 0:
        return w, b, losses
    batch_size = min(batch_size, n)
    for _ in range(epochs):
        X_epoch, y_epoch = X, y
        if generator is not None:
            permutation = torch.randperm(n, generator=generator).to(X.device)
            X_epoch, y_epoch = X[permutation], y[permutation]
        start = 0
        while start < n:
            X_batch = X_epoch[start : start + batch_size]
            y_batch = y_epoch[start : start + batch_size]
            error = X_batch @ w + b - y_batch
            w -= lr * 2 * (X_batch.T @ error) / X_batch.size(0)
            b -= lr * 2 * error.sum() / X_batch.size(0)
            start += batch_size
        losses.append((X @ w + b - y).pow(2).sum().item() / n)
    return w, b, losses
