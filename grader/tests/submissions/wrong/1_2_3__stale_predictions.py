import torch


def train_linear_regression(X, y, w, b, lr, epochs):
    w = w.clone()
    b = b.clone()
    history = []
    n = len(X)
    if n == 0:
        return w, b, history
    y_hat = X @ w + b
    for i in range(epochs):
        error = y_hat - y
        history.append((error ** 2).mean().item())
        w = w - lr * 2 / n * (X.T @ error)
        b = b - lr * 2 / n * error.sum(0)
    return w, b, history
