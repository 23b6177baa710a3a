"""Exercise 3.6.2 with a branch for gradients below the limit, and without the small number in the denominator."""

import math

import torch


def clip_by_norm(grads, max_norm):
    total = 0.0
    for g in grads:
        total += float(torch.sum(g.detach() * g.detach()))
    norm = total**0.5
    if math.isnan(norm) or math.isinf(norm):
        raise ValueError(norm)
    if norm > max_norm:
        clipped = [g.detach() / norm * max_norm for g in grads]
    else:
        clipped = [g.detach().clone() for g in grads]
    return clipped, norm


def clip_by_value(grads, limit):
    return [
        torch.minimum(torch.maximum(g.detach(), torch.full_like(g, -limit)), torch.full_like(g, limit)) for g in grads
    ]
