"""Exercise 3.8.3 with the normal equations of both unknowns, solved by Cramer's rule, on logarithms to base 2."""

import math

import torch
from torch import Tensor


@torch.no_grad()
def fit_power_law(sizes: Tensor, losses: Tensor) -> tuple[float, float]:
    if sizes.shape != losses.shape or sizes.numel() <= 1 or bool((sizes <= 0).any() | (losses <= 0).any()):
        raise ValueError("bad points")
    u = sizes.double().log2()
    u = u - u[0]  # any origin will do, and a near one loses fewer digits
    v = losses.double().log2()
    n = float(u.numel())
    su, sv, suu, suv = u.sum(), v.sum(), u.dot(u), u.dot(v)
    det = n * suu - su * su
    slope = (n * suv - su * sv) / det
    start = (sv * suu - su * suv) / det
    log_a = start - slope * sizes.double().log2()[0]
    return float(2**log_a), float(-slope)


def predict_loss(a: float, alpha: float, size: float) -> float:
    return a * math.exp(-alpha * math.log(size))
