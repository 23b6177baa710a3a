"""Exercise 2.2.3 with plain Python floats: a sum over the samples of a batch, divided once at the end."""

import math

import torch
from torch import Tensor


def train_batch(X: Tensor, y: Tensor, lr: float, epochs: int, batch_size: int) -> tuple[Tensor, Tensor]:
    if batch_size < 1:
        raise ValueError("a batch needs a sample")
    xs, ys = X.tolist(), y.tolist()
    n = len(xs)
    w = b = 0.0
    for _ in range(epochs):
        start = 0
        while start < n:
            stop = min(start + batch_size, n)
            dw = db = 0.0
            for i in range(start, stop):
                a = 1.0 / (1.0 + math.exp(-(w * xs[i] + b)))
                delta = 2.0 * (a - ys[i]) * a * (1.0 - a)
                dw += delta * xs[i]
                db += delta
            w -= lr * dw / (stop - start)
            b -= lr * db / (stop - start)
            start = stop
    return torch.tensor(w, dtype=X.dtype, device=X.device), torch.tensor(b, dtype=X.dtype, device=X.device)
