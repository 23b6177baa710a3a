"""Exercise 2.4.2 with the largest pre-activation of each unit, counted in lists."""

import torch


def dead_relu_fraction(X, W, b):
    if 0 in (X.size(0), b.numel()):
        raise ValueError("N and H must be positive")
    z = torch.matmul(X, W) + b.unsqueeze(0)
    highest, _ = z.max(dim=0)
    flags = [v <= 0 for v in highest.tolist()]
    return sum(flags) / len(flags)


def saturated_fraction(X, W, b, threshold=0.99):
    if 0 in (X.size(0), b.numel()):
        raise ValueError("N and H must be positive")
    values = torch.tanh(X.matmul(W) + b).reshape(-1).tolist()
    return len([v for v in values if abs(v) > threshold]) / len(values)
