"""Exercise 3.1.1 in place on copies; Nesterov's step as two moves, first along the gradient, then along the velocity."""

import torch
from torch import Tensor


@torch.no_grad()
def momentum_step(
    p: Tensor, grad: Tensor, v: Tensor, lr: float, momentum: float, nesterov: bool = False
) -> tuple[Tensor, Tensor]:
    velocity = v.clone().mul_(momentum).add_(grad)
    position = p.clone()
    if nesterov:
        position.sub_(grad, alpha=lr)
        position.sub_(velocity, alpha=lr * momentum)
    else:
        position.sub_(velocity, alpha=lr)
    return position, velocity
