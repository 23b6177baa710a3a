"""Exercise 3.6.3 with absolute values, a while loop, and bool() of a stacked test."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor


def first_bad_step(losses: Sequence[float]) -> int | None:
    i = 0
    while i < len(losses):
        if math.isnan(losses[i]) or math.isinf(losses[i]):
            return i
        i += 1


def guarded_step(params: list[Tensor], grads: list[Tensor], lr: float) -> tuple[list[Tensor], bool]:
    params, grads = [p.detach() for p in params], [g.detach() for g in grads]
    good = bool(torch.stack([(g.abs() < math.inf).all() for g in grads]).all())
    if good:
        return [torch.sub(p, g, alpha=lr) for p, g in zip(params, grads)], good
    return [p + 0 for p in params], good
