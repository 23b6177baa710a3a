"""An iterable that shuffles and cuts, and a loop that only updates."""

import math
from collections.abc import Iterator

import torch


class Batches:
    def __init__(self, X, y, size, gen):
        self.X, self.y, self.size, self.gen = X, y, size, gen

    def __iter__(self) -> Iterator:
        X, y = self.X, self.y
        if self.gen is not None:
            p = torch.randperm(len(X), generator=self.gen).to(X.device)
            X, y = torch.index_select(X, 0, p), torch.index_select(y, 0, p)
        for k in range(math.ceil(len(X) / self.size)):
            s = slice(k * self.size, (k + 1) * self.size)
            yield X[s], y[s]


def train_minibatch(X, y, w, b, lr, epochs, batch_size, generator: torch.Generator | None = None):
    if batch_size <= 0:
        raise ValueError(f"batch_size={batch_size}")
    theta_w = w.data.clone()
    theta_b = b.data.clone()
    hist = []
    if len(X) == 0:
        return theta_w, theta_b, hist
    with torch.no_grad():
        for _ in range(epochs):
            for xb, yb in Batches(X, y, batch_size, generator):
                e = torch.addmm(theta_b, xb, theta_w) - yb
                gw = 2 * torch.einsum("nd,nk->dk", xb, e) / len(e)
                gb = 2 * e.mean(0)
                theta_w.sub_(lr * gw)
                theta_b.sub_(lr * gb)
            hist.append(float(torch.mean(torch.square(X.matmul(theta_w) + theta_b - y))))
    return theta_w, theta_b, hist
