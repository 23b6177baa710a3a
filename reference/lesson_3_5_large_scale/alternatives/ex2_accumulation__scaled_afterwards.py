"""Exercise 3.5.2 with sums of losses, and the division by N made on the gradients, once."""

import math

import torch


def accumulated_step(model, loss_fn, optimizer, X, y, micro_batch):
    if len(X) < 1 or not micro_batch >= 1:
        raise ValueError("accumulated_step needs samples and parts of at least one")
    optimizer.zero_grad(set_to_none=True)
    history = []
    for i in range(math.ceil(len(X) / micro_batch)):
        rows = slice(i * micro_batch, (i + 1) * micro_batch)
        x_i, y_i = X[rows], y[rows]
        total = loss_fn(model(x_i), y_i).mul(len(x_i))
        total.backward()
        history.append(total.detach())
    with torch.no_grad():
        for p in model.parameters():
            p.grad /= len(X)
    optimizer.step()
    return torch.stack(history).sum().div(len(X)).item()
