"""Exercise 2.4.2 with the largest pre-activation of each unit, and means of float32 numbers."""

import torch
from torch import Tensor


def dead_relu_fraction(X: Tensor, W: Tensor, b: Tensor) -> float:
    if X.shape[0] < 1 or W.shape[1] < 1:
        raise ValueError("empty")
    largest = torch.addmm(b, X, W).amax(dim=0)
    return 1 - torch.count_nonzero(largest > 0).item() / largest.numel()


def saturated_fraction(X: Tensor, W: Tensor, b: Tensor, threshold: float = 0.99) -> float:
    if min(len(X), len(b)) == 0:
        raise ValueError("empty")
    squares = torch.tanh(torch.addmm(b, X, W)) ** 2
    return torch.mean((squares > threshold**2).float()).item()
