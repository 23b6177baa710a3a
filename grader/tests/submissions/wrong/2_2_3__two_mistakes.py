import torch


def train_batch(X, y, lr, epochs, batch_size):
    if batch_size < 1:
        raise ValueError("batch_size must be positive")
    w = torch.zeros((), dtype=X.dtype, device=X.device)
    b = torch.zeros((), dtype=X.dtype, device=X.device)
    batches = len(X) // batch_size if batch_size <= len(X) else 0
    for _ in range(epochs):
        for k in range(batches):
            xb = X[k * batch_size : (k + 1) * batch_size]
            yb = y[k * batch_size : (k + 1) * batch_size]
            a = torch.sigmoid(w * xb + b)
            delta = 2 * (a - yb) * a * (1 - a)
            w = w - lr * (delta * xb).mean()
            b = b - lr * delta.sum()
    return w, b
