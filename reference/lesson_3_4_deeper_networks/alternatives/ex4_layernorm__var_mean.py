"""Exercise 3.4.4 with torch.var_mean and one scale for every row."""

import torch
from torch import Tensor


def layernorm_forward(x: Tensor, gamma: Tensor, beta: Tensor, eps: float = 1e-5) -> Tensor:
    x, gamma, beta = x.detach(), gamma.detach(), beta.detach()
    var, mean = torch.var_mean(x, dim=-1, unbiased=False)
    scale = torch.rsqrt(var + eps)
    return torch.addcmul(beta, torch.einsum("nd,n->nd", x - mean.unsqueeze(-1), scale), gamma)
