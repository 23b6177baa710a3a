"""The bias as the weight of a column of ones, and einsum for the sum of squares."""

import torch


def predict(X, w, b):
    n = X.size(0)
    A = torch.cat([X, torch.ones(n, 1, dtype=X.dtype, device=X.device)], dim=1)
    theta = torch.cat([w, b.reshape(1, 1)], dim=0)
    return torch.mm(A, theta)


def mse_loss(y_pred, y):
    if list(y_pred.shape) != list(y.shape):
        raise ValueError("y_pred and y must have the same shape")
    if 0 in y_pred.shape:
        raise ValueError
    return torch.einsum("no,no->", y_pred - y, y_pred - y) / (y_pred.shape[0] * y_pred.shape[1])
