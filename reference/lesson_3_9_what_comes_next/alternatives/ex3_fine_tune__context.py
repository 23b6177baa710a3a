"""Exercise 3.9.3 with a context manager that freezes and restores."""

import contextlib

import torch
from torch import nn


def make_optimizer(backbone: nn.Module, head: nn.Module, lr_backbone: float, lr_head: float) -> torch.optim.SGD:
    optimizer = torch.optim.SGD(backbone.parameters(), lr=lr_backbone)
    optimizer.add_param_group({"params": head.parameters(), "lr": lr_head})
    return optimizer


@contextlib.contextmanager
def frozen(module):
    flags = {n: p.requires_grad for n, p in module.named_parameters()}
    module.requires_grad_(False)
    for p in module.parameters():
        p.grad = None
    try:
        yield
    finally:
        for n, p in module.named_parameters():
            p.requires_grad = flags[n]


def fine_tune(backbone, head, loader, loss_fn, optimizer, epochs, freeze_backbone):
    head.train(True)
    backbone.train(mode=not freeze_backbone)
    history = []
    with frozen(backbone) if freeze_backbone else contextlib.nullcontext():
        for epoch in range(epochs):
            running, seen = 0.0, 0
            for inputs, targets in loader:
                optimizer.zero_grad(set_to_none=True)
                outputs = head(backbone(inputs))
                loss = loss_fn(outputs, targets)
                loss.backward()
                optimizer.step()
                running += float(loss.detach()) * inputs.size(0)
                seen += inputs.size(0)
            history.append(running / seen)
            print(f"epoch {epoch}: {history[-1]:.3f}")
    return history
