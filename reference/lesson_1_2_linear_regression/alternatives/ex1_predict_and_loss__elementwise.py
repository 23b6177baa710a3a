"""Products and sums instead of the matrix product; the squares as a product of the errors with themselves."""

import torch


@torch.no_grad()
def predict(X, w, b):
    return b + (X * w.reshape(1, -1)).sum(dim=1, keepdim=True)


@torch.no_grad()
def mse_loss(y_pred, y):
    if y_pred.size() != y.size():
        raise ValueError("unequal shapes")
    error = (y - y_pred).reshape(-1)
    if len(error) == 0:
        raise ValueError("no samples")
    return torch.dot(error, error).div(error.numel())
