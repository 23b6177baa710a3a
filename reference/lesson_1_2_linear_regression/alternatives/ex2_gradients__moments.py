"""Multiplied out: from the sums of the products of the data, without ever computing an error."""

import torch


def mse_gradients(X, y, w, b):
    n = X.shape[0]
    if n == 0:
        raise ValueError("no samples")
    X, y, w, b = X.detach(), y.detach(), w.detach(), b.detach()
    column_sums = X.sum(0, keepdim=True).T
    grad_w = torch.einsum("ni,nj,jo->io", X, X, w) + column_sums * b - X.T @ y
    grad_b = (column_sums * w).sum() + n * b - y.sum()
    return grad_w * 2 / n, grad_b * 2 / n
