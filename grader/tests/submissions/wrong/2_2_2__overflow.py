import torch


def sigmoid(z):
    e = torch.exp(z)
    return e / (1 + e)


def train(X, y, lr, epochs):
    w = torch.zeros((), dtype=X.dtype, device=X.device)
    b = torch.zeros((), dtype=X.dtype, device=X.device)
    for _ in range(epochs):
        for i in range(len(X)):
            a = sigmoid(w * X[i] + b)
            delta = 2 * (a - y[i]) * a * (1 - a)
            w = w - lr * delta * X[i]
            b = b - lr * delta
    return w, b
