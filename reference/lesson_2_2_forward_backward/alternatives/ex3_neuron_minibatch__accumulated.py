"""Exercise 2.2.3 with sums that are used up whenever a batch, or the epoch, is complete."""

import math

import torch


def train_batch(X, y, lr, epochs, batch_size):
    if batch_size <= 0:
        raise ValueError
    xs, ys = X.tolist(), y.tolist()

    def sigma(z):
        return 1 / (1 + math.exp(-z)) if z > -500 else 0.0

    w, b = 0.0, 0.0
    for _ in range(epochs):
        gw = gb = 0.0
        count = 0
        for i, (x, t) in enumerate(zip(xs, ys), start=1):
            a = sigma(w * x + b)
            d = 2 * (a - t) * a * (1 - a)
            gw += d * x
            gb += d
            count += 1
            if count == batch_size or i == len(xs):
                w -= lr * gw / count
                b -= lr * gb / count
                gw = gb = 0.0
                count = 0

    def make(v):
        return torch.tensor(v, dtype=X.dtype, device=X.device)

    return make(w), make(b)
