"""Autograd for the network, the normal equations for the line."""

import torch
from torch import nn


def parameter_counts(D, H, O):
    def layer(fan_in, fan_out):
        return (fan_in + 1) * fan_out

    return layer(D, O), layer(D, H) + layer(H, O)


def compare(X, y, params, lr, epochs):
    if X.shape[0] == 0:
        raise ValueError("no samples")
    X, y = X.detach(), y.detach()
    A = torch.hstack([X, torch.ones(len(X), 1, dtype=X.dtype, device=X.device)])
    line = nn.functional.mse_loss(A @ torch.linalg.solve(A.T @ A, A.T @ y), y).item()
    leaves = {name: value.detach().clone().requires_grad_() for name, value in params.items()}

    def loss():
        hidden = torch.tanh(X @ leaves["W1"] + leaves["b1"])
        return nn.functional.mse_loss(hidden @ leaves["W2"] + leaves["b2"], y)

    for _ in range(epochs):
        loss().backward()
        with torch.no_grad():
            for leaf in leaves.values():
                leaf -= lr * leaf.grad
                leaf.grad = None
    return line, loss().item()
