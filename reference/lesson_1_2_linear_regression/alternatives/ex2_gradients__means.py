"""Means of products, in the form in which a derivation for one feature ends."""

import torch


@torch.no_grad()
def mse_gradients(X, y, w, b):
    if X.shape[0] == 0:
        raise ValueError("no samples")
    error = y - (b + torch.mm(X, w))
    grad_w = -2 * (X * error).mean(dim=0)
    return grad_w[:, None], -2 * error.mean().reshape(1)
