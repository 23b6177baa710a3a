"""Exercise 3.1.2 entry by entry with Python floats."""

import math

import torch
from torch import Tensor


def rmsprop_step(
    p: Tensor, grad: Tensor, s: Tensor, lr: float, alpha: float = 0.9, eps: float = 1e-8
) -> tuple[Tensor, Tensor]:
    new_p, new_s = torch.empty_like(p).detach(), torch.empty_like(s).detach()
    squares = []
    for old, slope in zip(s.flatten().tolist(), grad.flatten().tolist()):
        squares.append(old + (1 - alpha) * (slope * slope - old))
    places = [
        place - lr * (slope / (math.sqrt(square) + eps))
        for place, slope, square in zip(p.flatten().tolist(), grad.flatten().tolist(), squares)
    ]
    new_s.copy_(torch.tensor(squares, dtype=s.dtype, device=s.device).reshape(s.shape))
    new_p.copy_(torch.tensor(places, dtype=p.dtype, device=p.device).reshape(p.shape))
    return new_p, new_s
