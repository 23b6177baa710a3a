"""Exercise 3.2.3 with w and b in one vector and a column of ones beside X; one epoch more finds the final loss."""

import math

import torch
from torch import Tensor


def _aug(X):
    return torch.cat([X, torch.ones(len(X), 1, dtype=X.dtype, device=X.device)], dim=1)


def train_with_schedule(X: Tensor, y: Tensor, w: Tensor, b: Tensor, schedule, epochs: int):
    theta = torch.cat([w, b.reshape(1, 1)])
    A = _aug(X)
    losses: list[float] = []
    lrs: list[float] = []
    e = 0
    while e < epochs and len(X):
        eta = schedule(e)
        lrs.append(eta)
        r = torch.matmul(A, theta) - y
        losses.append(float(r.square().sum() / len(X)))
        theta = theta - eta * (2 / len(X)) * torch.einsum("nd,no->do", A, r)
        e += 1
    return theta[:-1].clone(), theta[-1].clone(), losses, lrs


def compare_rates(X, y, w, b, rates, epochs):
    if len(X) == 0:
        raise ValueError("N = 0")
    results = []
    for rate in rates:
        history = train_with_schedule(X, y, w, b, schedule=lambda _e, rate=rate: rate, epochs=epochs + 1)[2]
        final = history[-1]
        if math.isnan(final) or math.isinf(final):
            final = float("inf")
        results.append(final)
    return results
