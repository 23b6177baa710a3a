import torch


def train(X, y, lr, epochs):
    w = torch.zeros((), dtype=X.dtype)
    b = torch.zeros((), dtype=X.dtype)
    for _ in range(epochs):
        for x, t in zip(X, y):
            a = torch.sigmoid(w * x + b)
            delta = 2 * (a - t) * a * (1 - a)
            w, b = w - lr * delta * x, b - lr * delta
    return w, b
