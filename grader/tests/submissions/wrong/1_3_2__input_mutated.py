import torch


def sgd_epoch(X, y, w, b, lr, order):
    for i in order.tolist():
        x = X[i]
        error = x @ w + b - y[i]
        w -= lr * 2 * error * x.reshape(-1, 1)
        b -= lr * 2 * error
    return w.clone(), b.clone()
