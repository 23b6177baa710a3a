"""Exercise 3.4.4 on the transposed matrix, with the variance from the mean of the squares."""

import torch


@torch.no_grad()
def layernorm_forward(x, gamma, beta, eps=1e-5):
    columns = x.T
    mean = columns.mean(0)
    centred = columns - mean
    var = (centred * centred).sum(0) / x.shape[1]
    return ((centred / (var + eps) ** 0.5).T * gamma).add_(beta)
