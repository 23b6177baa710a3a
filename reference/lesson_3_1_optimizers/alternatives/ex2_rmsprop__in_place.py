"""Exercise 3.1.2 in place on copies, with addcmul and addcdiv, as PyTorch itself writes it."""

import torch


@torch.no_grad()
def rmsprop_step(p, grad, s, lr, alpha=0.9, eps=1e-8):
    s, p = s.clone(), p.clone()
    s.mul_(alpha).addcmul_(grad, grad, value=1 - alpha)
    p.addcdiv_(grad, s.sqrt().add_(eps), value=-lr)
    return p, s
