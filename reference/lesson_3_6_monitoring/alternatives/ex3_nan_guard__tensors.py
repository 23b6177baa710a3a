"""Exercise 3.6.3 with tensors: the first index of a mask, and torch.add on copies."""

import torch


def first_bad_step(losses):
    bad = (~torch.isfinite(torch.tensor(list(losses), dtype=torch.float64))).nonzero()
    return int(bad[0]) if len(bad) else None


@torch.no_grad()
def guarded_step(params, grads, lr):
    applied = True
    for grad in grads:
        if torch.isnan(grad).any() or torch.isinf(grad).any():
            applied = False
    new = [param.clone() for param in params]
    if applied:
        for param, grad in zip(new, grads):
            param.add_(grad, alpha=-lr)
    return new, applied
