import torch


def train_batch(X, y, lr, epochs, batch_size):
    if batch_size < 1:
        raise ValueError("batch_size too small")
    w = X.new_zeros(())
    b = X.new_zeros(())
    n = X.shape[0]
    for epoch in range(epochs):
        i = 0
        while i < n:
            xs, ys = X[i : i + batch_size], y[i : i + batch_size]
            out = 1 / (1 + torch.exp(-(w * xs + b)))
            grad = 2 * (out - ys) * out * (1 - out)
            w = w - lr * torch.sum(grad * xs)
            b = b - lr * torch.sum(grad)
            i += batch_size
    return w, b
