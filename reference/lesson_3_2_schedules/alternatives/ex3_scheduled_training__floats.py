"""Exercise 3.2.3 with nested lists of Python floats."""

import torch


def gradients(rows, targets, w, b):
    grad_w, grad_b, total = [0.0] * len(w), 0.0, 0.0
    for row, target in zip(rows, targets):
        error = sum(x * weight for x, weight in zip(row, w)) + b - target
        total += error * error
        grad_b += 2 * error
        for j, x in enumerate(row):
            grad_w[j] += 2 * error * x
    n = len(rows)
    return [g / n for g in grad_w], grad_b / n, total / n


def train_with_schedule(X, y, w, b, schedule, epochs):
    rows, targets = X.tolist(), y.reshape(-1).tolist()
    weights, bias = w.reshape(-1).tolist(), b.item()
    losses, lrs, epoch = [], [], 0
    while rows and epoch < epochs:
        grad_w, grad_b, loss = gradients(rows, targets, weights, bias)
        losses.append(loss)
        lrs.append(schedule(epoch))
        weights = [value - lrs[-1] * grad for value, grad in zip(weights, grad_w)]
        bias -= lrs[-1] * grad_b
        epoch += 1
    new_w = torch.tensor(weights, dtype=w.dtype, device=w.device).reshape(w.shape)
    return new_w, torch.tensor([bias], dtype=b.dtype, device=b.device), losses, lrs


def compare_rates(X, y, w, b, rates, epochs):
    if not len(y):
        raise ValueError("the data set is empty")

    def final(rate):
        new_w, new_b, _, _ = train_with_schedule(X, y, w, b, lambda _: rate, epochs)
        loss = gradients(X.tolist(), y.reshape(-1).tolist(), new_w.reshape(-1).tolist(), new_b.item())[2]
        return loss if loss < float("inf") else float("inf")

    return [final(rate) for rate in rates]
