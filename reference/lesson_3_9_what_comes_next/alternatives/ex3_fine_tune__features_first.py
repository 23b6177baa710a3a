"""Exercise 3.9.3 with the features of a frozen backbone computed once, and then a training loop that knows of no backbone."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn


def make_optimizer(backbone: nn.Module, head: nn.Module, lr_backbone: float, lr_head: float) -> torch.optim.SGD:
    groups = [{"lr": lr, "params": list(part.parameters())} for part, lr in ((backbone, lr_backbone), (head, lr_head))]
    return torch.optim.SGD(groups, lr=lr_head)


def loop(model, batches, loss_fn, optimizer):
    total, n = torch.zeros((), dtype=torch.float64), 0
    for X, y in batches:
        optimizer.zero_grad(set_to_none=True)
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(y)
        n += len(y)
    return float(total / n)


def fine_tune(
    backbone: nn.Module,
    head: nn.Module,
    loader: Iterable[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    epochs: int,
    freeze_backbone: bool,
) -> list[float]:
    head.train()
    if not freeze_backbone:
        model = nn.Sequential(backbone.train(), head)
        return [loop(model, loader, loss_fn, optimizer) for _ in range(epochs)]
    with torch.inference_mode():
        features = [(backbone.eval()(X), y) for X, y in loader]
    features = [(X.clone(), y) for X, y in features]
    return [loop(head, features, loss_fn, optimizer) for _ in range(epochs)]
