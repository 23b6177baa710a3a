"""Exercise 2.2.1 in closed formulas: out = (w2 + 1) h, and each path written out as one product."""

import torch
from torch import Tensor


@torch.no_grad()
def chain(x: Tensor, y: Tensor, w1: Tensor, w2: Tensor) -> dict[str, Tensor]:
    e = torch.exp(-2 * w1.abs() * x.abs())
    h = torch.sign(w1 * x) * (1 - e) / (1 + e)
    residual = y - (w2 + 1) * h
    both = -2 * residual * (1 + w2) * (1 - h) * (1 + h)
    return {"dx": w1 * both, "dw2": -2 * h * residual, "dw1": x * both, "loss": residual.square()}
