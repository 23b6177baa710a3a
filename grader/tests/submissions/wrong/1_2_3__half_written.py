import torch


def train_linear_regression(X, y, w, b, lr, epochs):
    w, b = w.clone(), b.clone()
    losses = []
    if len(X) == 0:
        return w, b, losses
    for epoch in range(epochs):
        error = X @ w + b - y
        losses.append(float(torch.mean(error**2)))
    # the gradients come tomorrow
    raise NotImplementedError
