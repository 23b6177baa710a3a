"""Exercise 3.9.2 by freezing everything first, and then waking up what is chosen."""

from collections.abc import Sequence

import torch
from torch import nn


@torch.no_grad()
def freeze_except(model: nn.Module, trainable: Sequence[str]) -> tuple[int, int]:
    model.requires_grad_(False)
    prefixes = tuple(f"{name}." for name in trainable)
    for name, parameter in model.named_parameters():
        if f"{name}.".startswith(prefixes):
            parameter.requires_grad_()
    for parameter in model.parameters():
        if not parameter.requires_grad:
            del parameter.grad
    sizes = [(parameter.requires_grad, parameter.flatten().shape[0]) for parameter in model.parameters()]
    return sum(size for free, size in sizes if free), sum(size for _, size in sizes)


def set_train_mode(model: nn.Module, trainable: Sequence[str]) -> None:
    model.eval()
    modules = dict(model.named_modules())
    for name in trainable:
        if name in modules:
            modules[name].train()
