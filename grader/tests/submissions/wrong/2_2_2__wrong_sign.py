import torch


def sigmoid(z):
    return 1 / (1 + torch.exp(-z))


def train(X, y, lr, epochs):
    w = torch.zeros((), dtype=X.dtype, device=X.device)
    b = torch.zeros((), dtype=X.dtype, device=X.device)
    for epoch in range(epochs):
        for x_i, y_i in zip(X, y):
            a = sigmoid(w * x_i + b)
            delta = 2 * (a - y_i) * a * (1 - a)
            w += lr * delta * x_i
            b += lr * delta
    return w, b
