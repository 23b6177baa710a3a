"""One sample after the other, with Python numbers."""

import torch


def mse_gradients(X, y, w, b):
    rows, targets = X.tolist(), y.flatten().tolist()
    if not rows:
        raise ValueError("no samples")
    weights, bias = w.flatten().tolist(), b.item()
    slopes, bias_slope = [0.0] * len(weights), 0.0
    for row, target in zip(rows, targets, strict=True):
        error = sum(x * weight for x, weight in zip(row, weights, strict=True)) + bias - target
        for j, x in enumerate(row):
            slopes[j] += 2 * error * x / len(rows)
        bias_slope += 2 * error / len(rows)
    grad_w = torch.tensor(slopes, dtype=X.dtype, device=X.device).unsqueeze(1)
    return grad_w, torch.tensor([bias_slope], dtype=X.dtype, device=X.device)
