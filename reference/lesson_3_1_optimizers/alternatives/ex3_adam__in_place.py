"""Exercise 3.1.3 in place on copies, with the corrections drawn into the step size, as PyTorch itself writes it."""

import math

import torch
from torch import Tensor


@torch.no_grad()
def adam_step(
    p: Tensor,
    grad: Tensor,
    m: Tensor,
    v: Tensor,
    t: int,
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    decoupled: bool = False,
) -> tuple[Tensor, Tensor, Tensor]:
    if not t >= 1:
        raise ValueError(f"t is {t}")
    p, grad, m, v = (tensor.clone() for tensor in (p, grad, m, v))
    if weight_decay and decoupled:
        p.mul_(1 - lr * weight_decay)
    elif weight_decay:
        grad.add_(p, alpha=weight_decay)
    m.lerp_(grad, 1 - betas[0])
    v.mul_(betas[1]).addcmul_(grad, grad, value=1 - betas[1])
    first, second = (1 - beta**t for beta in betas)
    p.addcdiv_(m, v.sqrt().div_(math.sqrt(second)).add_(eps), value=-lr / first)
    return p, m, v
