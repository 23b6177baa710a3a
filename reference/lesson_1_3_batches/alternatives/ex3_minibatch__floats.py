"""Python floats all the way; the gradient of a batch is summed sample by sample."""

import torch
from torch import Tensor


def train_minibatch(X, y, w, b, lr, epochs, batch_size, generator=None) -> tuple[Tensor, Tensor, list[float]]:
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    rows, targets = X.tolist(), y.reshape(-1).tolist()
    weights, bias = w.reshape(-1).tolist(), b.item()

    def error_of(i):
        return sum(weight * x for weight, x in zip(weights, rows[i])) + bias - targets[i]

    losses = []
    samples = list(range(len(rows)))
    for _ in range(epochs if samples else 0):
        order = samples if generator is None else torch.randperm(len(rows), generator=generator).tolist()
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            errors = [error_of(i) for i in batch]
            gradient = [
                2 * sum(e * rows[i][d] for e, i in zip(errors, batch)) / len(batch) for d in range(len(weights))
            ]
            bias -= lr * 2 * sum(errors) / len(batch)
            weights = [weight - lr * g for weight, g in zip(weights, gradient)]
        losses.append(sum(error_of(i) ** 2 for i in samples) / len(samples))
    return w.new_tensor(weights).reshape(w.shape), b.new_tensor([bias]), losses
