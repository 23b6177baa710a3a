"""The bias as the weight of a column of ones, and the square multiplied out."""

import torch


def predict(X, w, b):
    ones = torch.ones(X.shape[0], 1, dtype=X.dtype, device=X.device)
    return torch.einsum("nd,do->no", torch.hstack([ones, X]), torch.vstack([b.reshape(1, 1), w])).detach()


def mse_loss(y_pred, y):
    if y_pred.ndim != y.ndim or any(m != n for m, n in zip(y_pred.shape, y.shape, strict=True)):
        raise ValueError("unequal shapes")
    if 0 in y.shape:
        raise ValueError("no samples")
    p, t = y_pred.detach(), y.detach()
    return (p**2).mean() - 2 * (p * t).mean() + (t**2).mean()
