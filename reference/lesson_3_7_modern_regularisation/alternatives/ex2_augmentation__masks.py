"""Exercise 3.7.2 with a boolean mask into a copy, and torch.lerp from the partner to the sample."""

import torch
from torch import Tensor


def random_flip(images: Tensor, p: float, generator: torch.Generator) -> Tensor:
    out = images.detach().clone(memory_format=torch.contiguous_format)
    chosen = torch.rand(images.size(0), generator=generator).lt(p).to(out.device)
    out[chosen] = torch.flip(out[chosen], dims=[3])
    return out


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    x, y = x.detach(), y.detach()
    return torch.lerp(x.index_select(0, perm), x, lam), torch.lerp(y.index_select(0, perm), y, lam)
