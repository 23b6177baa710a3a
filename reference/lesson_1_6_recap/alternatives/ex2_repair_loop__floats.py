"""Python numbers throughout; tensors only for the result."""

import torch


def train_repaired(X, y, w, b, lr, epochs):
    rows, targets = X.tolist(), y.flatten().tolist()
    weights, bias, losses = w.flatten().tolist(), b.item(), []
    for _ in range(epochs if rows else 0):
        errors = [bias + sum(x * v for x, v in zip(row, weights)) - t for row, t in zip(rows, targets)]
        losses.append(sum(e * e for e in errors) / len(rows))
        slopes = [2 * sum(e * row[j] for e, row in zip(errors, rows)) / len(rows) for j in range(len(weights))]
        weights = [v - lr * slope for v, slope in zip(weights, slopes)]
        bias -= lr * 2 * sum(errors) / len(rows)
    trained = torch.tensor(weights, dtype=w.dtype, device=w.device).reshape(w.shape)
    return trained, torch.tensor([bias], dtype=b.dtype, device=b.device), losses
