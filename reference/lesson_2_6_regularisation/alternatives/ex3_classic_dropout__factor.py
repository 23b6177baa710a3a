"""Exercise 2.6.3 with one product for both modes."""

import torch
from torch import Tensor


def classic_dropout(x: Tensor, p: float, training: bool, generator: torch.Generator) -> Tensor:
    if abs(2 * p - 1) > 1:
        raise ValueError(p)
    factor = torch.full_like(x, 1 - p, requires_grad=False)
    if training:
        u = torch.rand(x.numel(), generator=generator, dtype=torch.float32).reshape(x.shape)
        factor = torch.sign(u.sub(p)).add(1).clamp(max=1).to(dtype=x.dtype, device=x.device)
    return torch.mul(factor, x.detach())
