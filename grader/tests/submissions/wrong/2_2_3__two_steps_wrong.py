import torch


def train_batch(X, y, lr, epochs, batch_size):
    if batch_size < 1:
        raise ValueError("batch_size")
    w = torch.zeros((), dtype=X.dtype, device=X.device)
    b = torch.zeros((), dtype=X.dtype, device=X.device)
    for _ in range(epochs):
        for start in range(0, len(X), batch_size):
            x, t = X[start : start + batch_size], y[start : start + batch_size]
            a = torch.sigmoid(w * x + b)
            delta = 2 * (a - t) * a * (1 - a)
            w = w - lr * (delta * x).sum()
            b = b + lr * delta.mean()
    return w, b
