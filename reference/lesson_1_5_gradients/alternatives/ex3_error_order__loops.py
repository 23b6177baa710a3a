"""One step at a time with Python floats; the slope from the textbook sums."""

import math

import torch
from torch import Tensor


def difference_errors(f, df, x: Tensor, hs: Tensor) -> Tensor:
    x = x.detach()
    errors = torch.zeros(2, len(hs), dtype=x.dtype, device=x.device)
    for k, h in enumerate(hs.tolist()):
        exact = float(df(x))
        up, here, down = float(f(x + h)), float(f(x)), float(f(x - h))
        errors[0, k] = abs((up - here) / h - exact)
        errors[1, k] = abs((up - down) / h / 2 - exact)
    return errors


def observed_order(hs: Tensor, errors: Tensor) -> float:
    points = [(math.log(h), math.log(e)) for h, e in zip(hs.tolist(), errors.tolist())]
    n = len(points)
    su = sum(u for u, _ in points)
    sv = sum(v for _, v in points)
    suu = sum(u * u for u, _ in points)
    suv = sum(u * v for u, v in points)
    return (n * suv - su * sv) / (n * suu - su * su)
