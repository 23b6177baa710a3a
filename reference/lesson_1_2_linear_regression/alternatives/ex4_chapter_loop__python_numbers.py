"""Lists of Python numbers, with Python's own round, which takes the even digit, too."""

import torch


def train(X, Y, weights, lr, epochs, decimals=3):
    rows, targets = X.tolist(), [row[0] for row in Y.tolist()]
    current, pairs = [row[0] for row in weights.tolist()], []

    def rounded(number):
        return number if decimals is None else round(number, decimals)

    def errors():
        predictions = [sum(x * w for x, w in zip(row, current)) for row in rows]
        return [prediction - target for prediction, target in zip(predictions, targets)]

    def loss():
        return sum(error**2 for error in errors()) / len(rows)

    for _ in range(epochs if rows else 0):
        before, found = loss(), errors()
        slopes = [2 / len(rows) * sum(e * row[j] for e, row in zip(found, rows)) for j in range(len(current))]
        current = [rounded(w - lr * rounded(slope)) for w, slope in zip(current, slopes)]
        pairs.append((before, loss()))
    return torch.tensor(current, dtype=weights.dtype, device=weights.device).reshape(-1, 1), pairs
