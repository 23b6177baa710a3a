"""Exercise 2.2.1 with plain Python floats, one element after the other."""

import math

import torch
from torch import Tensor


def chain(x: Tensor, y: Tensor, w1: Tensor, w2: Tensor) -> dict[str, Tensor]:
    rows = {"loss": [], "dw1": [], "dw2": [], "dx": []}
    for xi, yi, w1i, w2i in zip(*(t.flatten().tolist() for t in (x, y, w1, w2))):
        h = math.tanh(w1i * xi)
        error = (w2i * h + h) - yi
        through_product = 2 * error * w2i
        directly = 2 * error
        slope = (through_product + directly) / math.cosh(w1i * xi) ** 2
        rows["loss"].append(error * error)
        rows["dw1"].append(slope * xi)
        rows["dw2"].append(2 * error * h)
        rows["dx"].append(slope * w1i)
    return {name: torch.tensor(row, dtype=x.dtype, device=x.device).reshape(x.shape) for name, row in rows.items()}
