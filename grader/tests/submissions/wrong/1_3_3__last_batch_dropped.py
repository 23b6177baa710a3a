import torch


def train_minibatch(X, y, w, b, lr, epochs, batch_size, generator=None):
    if batch_size < 1:
        raise ValueError
    n = len(X)
    w, b = w.clone(), b.clone()
    losses = []
    if n == 0:
        return w, b, losses
    batch_size = min(batch_size, n)
    for e in range(epochs):
        idx = torch.arange(n)
        if generator is not None:
            idx = torch.randperm(n, generator=generator)
        for k in range(n // batch_size):
            rows = idx[k * batch_size : (k + 1) * batch_size].to(X.device)
            xb, yb = X[rows], y[rows]
            err = xb @ w + b - yb
            w = w - lr * 2 * (xb.T @ err) / len(rows)
            b = b - lr * 2 * err.mean(0)
        losses.append(float(((X @ w + b - y) ** 2).mean()))
    return w, b, losses
