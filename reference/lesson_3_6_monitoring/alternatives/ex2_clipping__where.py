"""Exercise 3.6.2 with one long vector, split again, and torch.where."""

import torch
from torch import Tensor


def clip_by_norm(grads: list[Tensor], max_norm: float) -> tuple[list[Tensor], float]:
    if not grads:
        return [], 0.0
    vector = torch.cat([g.detach().flatten() for g in grads])
    norm = float(torch.sqrt(torch.sum(vector * vector)))
    if norm != norm or norm in (float("inf"), float("-inf")):
        raise ValueError(f"norm {norm}")
    coefficient = max_norm / (norm + 1e-6)
    if coefficient < 1:
        vector = vector * coefficient
    parts = vector.split([g.numel() for g in grads])
    return [part.reshape(g.shape).clone() for part, g in zip(parts, grads)], norm


def clip_by_value(grads: list[Tensor], limit: float) -> list[Tensor]:
    return [torch.where(g.abs() > limit, limit * g.sign(), g).detach() for g in grads]
