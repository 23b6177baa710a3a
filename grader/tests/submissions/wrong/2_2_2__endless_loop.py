import torch


def train(X, y, lr, epochs):
    w = torch.zeros((), dtype=X.dtype, device=X.device)
    b = torch.zeros((), dtype=X.dtype, device=X.device)
    epoch = 0
    while epoch < epochs:
        for i in range(len(X)):
            a = torch.sigmoid(w * X[i] + b)
            d = 2 * (a - y[i]) * a * (1 - a)
            w = w - lr * d * X[i]
            b = b - lr * d
    return w, b
