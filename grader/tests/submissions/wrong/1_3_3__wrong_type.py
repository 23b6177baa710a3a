import torch


def train_minibatch(X, y, w, b, lr, epochs, batch_size, generator=None):
    if batch_size < 1:
        raise ValueError
    n = len(X)
    w, b = w.clone(), b.clone()
    losses = []
    for epoch in range(epochs):
        order = torch.arange(n) if generator is None else torch.randperm(n, generator=generator)
        for part in order.to(X.device).split(batch_size):
            if len(part) == 0:
                continue
            error = X[part] @ w + b - y[part]
            w = w - lr * 2 / len(part) * X[part].T @ error
            b = b - lr * 2 * error.mean(0)
        if n:
            losses.append(((X @ w + b - y) ** 2).mean().item())
    return [w, b, losses]
