"""One copy of theta is moved in place and restored after each entry."""

import torch
from torch import Tensor


@torch.no_grad()
def numerical_gradient(f, theta: Tensor, eps: float | None = None) -> Tensor:
    h = torch.finfo(theta.dtype).eps ** (1 / 3) if eps is None else eps
    point = theta.clone(memory_format=torch.contiguous_format)
    entries = point.view(-1)  # a view: moving an entry moves the point
    gradient = torch.empty_like(point)
    for i in range(entries.numel()):
        old = entries[i].item()
        entries[i] = old + h
        upper = f(point)
        entries[i] = old - h
        lower = f(point)
        entries[i] = old
        gradient.view(-1)[i] = (upper - lower) / (2 * h)
    return gradient
