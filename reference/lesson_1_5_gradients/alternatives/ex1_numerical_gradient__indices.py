"""Every entry by its index tuple, the lower point first, each half of the quotient by itself."""

import itertools

import torch
from torch import Tensor


def numerical_gradient(f, theta: Tensor, eps: float | None = None) -> Tensor:
    if eps is None:
        eps = torch.finfo(theta.dtype).eps ** (1 / 3)
    gradient = torch.zeros_like(theta).detach()
    for index in itertools.product(*(range(size) for size in theta.shape)):
        below = theta.detach().clone()
        above = theta.detach().clone()
        below[index] -= eps
        above[index] += eps
        gradient[index] = 0.5 / eps * f(above) - 0.5 / eps * f(below)
    return gradient
