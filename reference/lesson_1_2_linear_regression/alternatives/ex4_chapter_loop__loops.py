"""Python numbers and Python's own `round`."""

import torch


def train(X, Y, weights, lr, epochs, decimals=3):
    rows, targets = X.tolist(), Y.flatten().tolist()
    values = weights.flatten().tolist()
    history = []

    def rounded(number):
        return number if decimals is None else round(number, decimals)

    def errors():
        return [
            sum(x * v for x, v in zip(row, values, strict=True)) - target
            for row, target in zip(rows, targets, strict=True)
        ]

    def loss():
        return sum(e * e for e in errors()) / len(rows)

    for _ in range(epochs if rows else 0):
        before, residuals = loss(), errors()
        for j in range(len(values)):
            slope = rounded(2 / len(rows) * sum(row[j] * e for row, e in zip(rows, residuals, strict=True)))
            values[j] = rounded(values[j] - lr * slope)
        history.append((before, loss()))
    return torch.tensor(values, dtype=weights.dtype, device=weights.device).reshape(weights.shape), history
