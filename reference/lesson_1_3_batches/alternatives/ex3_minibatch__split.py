"""torch.split cuts the order; the gradient is the mean of the products, feature by feature."""

import torch
from torch import Tensor


def train_minibatch(X, y, w, b, lr, epochs, batch_size, generator=None) -> tuple[Tensor, Tensor, list[float]]:
    if batch_size < 1:
        raise ValueError("batch_size < 1")
    X, y, w, b = X.detach(), y.detach(), w.detach().clone(), b.detach().clone()
    n = len(X)
    history: list[float] = []
    if n == 0:
        return w, b, history
    for _epoch in range(epochs):
        order = torch.arange(n)
        if generator is not None:
            order = torch.randperm(n, generator=generator)
        for rows in order.to(X.device).split(batch_size):
            e = torch.einsum("nd,do->no", X[rows], w) + b - y[rows]
            step_w = (2 * lr) * (e * X[rows]).mean(dim=0, keepdim=True).T
            step_b = (2 * lr) * e.mean(dim=0)
            w, b = w - step_w, b - step_b
        history.append(float((X @ w + b - y).square().mean()))
    return w, b, history
