"""Exercise 2.6.1 with loops over Python floats."""

import torch


def ridge_loss_and_gradients(X, y, w, b, lam):
    rows, targets, weights, bias = X.tolist(), y.flatten().tolist(), w.flatten().tolist(), b.item()
    if lam < 0 or not rows:
        raise ValueError
    n = len(rows)
    loss, grad_w, grad_b = 0.0, [0.0] * len(weights), 0.0
    for row, target in zip(rows, targets):
        error = sum(x * weight for x, weight in zip(row, weights)) + bias - target
        loss += error * error / n
        grad_b += 2 * error / n
        for j, x in enumerate(row):
            grad_w[j] += 2 * error * x / n
    for j, weight in enumerate(weights):
        loss += lam * weight**2
        grad_w[j] += 2 * lam * weight

    def tensor(value):
        return torch.tensor(value, dtype=X.dtype, device=X.device)

    return tensor(loss), tensor(grad_w).reshape(-1, 1), tensor([grad_b])
