"""Exercise 3.4.2 with the statistics as products with a row of ones, and torch.lerp for the running values."""

import torch
from torch import Tensor


def batchnorm(x: Tensor, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    x, gamma, beta, running_mean, running_var = (t.detach() for t in (x, gamma, beta, running_mean, running_var))
    n = x.shape[0]
    mean, square_root = running_mean, (running_var + eps) ** 0.5
    result_mean, result_var = torch.empty_like(mean).copy_(mean), torch.zeros_like(running_var) + running_var
    if training:
        if n == 0 or n == 1:
            raise ValueError("at least two samples")
        ones = torch.ones(1, n, dtype=x.dtype, device=x.device)
        mean = (ones @ x)[0] / n
        centred = x - mean[None, :]
        sum_of_squares = (ones @ (centred * centred))[0]
        square_root = (sum_of_squares / n + eps) ** 0.5
        result_mean = torch.lerp(running_mean, mean, momentum)
        result_var = torch.lerp(running_var, sum_of_squares / (n - 1), momentum)
    return (x - mean).div(square_root).mul(gamma).add(beta), result_mean, result_var
