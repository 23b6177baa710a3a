"""Exercise 3.7.3 with the gradients of variance and mean as steps of their own."""

import torch


def layernorm_backward(grad_out, x, gamma, eps=1e-5):
    D = x.shape[1]

    def row(t):
        return t.sum(dim=-1, keepdim=True) / D

    mu = row(x)
    inv = torch.rsqrt(row((x - mu).pow(2)) + eps)
    xhat = (x - mu) * inv
    q = torch.mul(grad_out, gamma)
    dvar = -0.5 * (q * (x - mu)).sum(-1, keepdim=True) * inv**3
    dmu = -(q * inv).sum(-1, keepdim=True)
    gx = q * inv + dvar * 2 * (x - mu) / D + dmu / D
    return gx, torch.einsum("nd,nd->d", grad_out, xhat), torch.ones(len(x), dtype=x.dtype, device=x.device) @ grad_out
