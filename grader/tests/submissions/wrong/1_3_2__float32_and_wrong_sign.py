import torch


def sgd_epoch(X, y, w, b, lr, order):
    X, y = X.float(), y.float()
    w, b = w.float(), b.float()
    for i in order:
        error = X[i] @ w + b - y[i]
        w = w + lr * 2 * error * X[i].reshape(-1, 1)
        b = b + lr * 2 * error
    return w, b
