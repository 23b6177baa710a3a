"""Predictions at the end of each epoch, for the next one; updates in place; the bias gradient as a mean."""

import torch


@torch.no_grad()
def train_repaired(X, y, w, b, lr, epochs):
    w, b = w.clone(), b.clone()
    losses = []
    if len(X) == 0:
        return w, b, losses
    y_pred = X @ w + b
    for _ in range(epochs):
        errors = y_pred - y
        losses.append(errors.square().mean().item())
        grad_b = 2 * errors.mean(dim=0)
        grad_w = 2 * (X * errors).mean(dim=0).unsqueeze(1)
        w -= lr * grad_w
        b -= lr * grad_b
        y_pred = X @ w + b
    return w, b, losses
