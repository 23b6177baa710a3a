"""Python numbers throughout; tensors only for the result."""

import torch


def train_linear_regression(X, y, w, b, lr, epochs):
    rows, targets = X.tolist(), y.flatten().tolist()
    weights, bias, losses = w.flatten().tolist(), b.item(), []
    for _ in range(epochs if rows else 0):
        loss, slopes, bias_slope = 0.0, [0.0 for _ in weights], 0.0
        for row, target in zip(rows, targets, strict=True):
            error = bias - target + sum(x * weight for x, weight in zip(row, weights, strict=True))
            loss += error * error
            bias_slope += error
            slopes = [slope + error * x for slope, x in zip(slopes, row, strict=True)]
        losses.append(loss / len(rows))
        weights = [weight - lr * 2 * slope / len(rows) for weight, slope in zip(weights, slopes, strict=True)]
        bias -= lr * 2 * bias_slope / len(rows)
    trained = torch.tensor(weights, dtype=w.dtype, device=w.device).reshape(w.shape)
    return trained, torch.tensor([bias], dtype=b.dtype, device=b.device), losses
