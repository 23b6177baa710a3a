"""Exercise 2.1.1 with a 0-dim zero, a power of e, and expm1 with the sign copied back."""

import torch


def relu(z):
    return torch.maximum(z, torch.zeros((), dtype=z.dtype, device=z.device))


def sigmoid(z):
    one = torch.ones_like(z)
    return one / (one + torch.e ** (-z))


def tanh(z):
    e2 = torch.expm1(-2 * torch.abs(z))
    t = -e2 / (e2 + 2)
    return torch.copysign(t, z)
