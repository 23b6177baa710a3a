"""The update entry by entry, with Python numbers."""

import torch


def training_loop(params, forward, loss_fn, grad_fn, lr, epochs):
    entries = params.tolist()
    losses = []
    for _ in range(epochs):
        current = torch.tensor(entries, dtype=params.dtype, device=params.device)
        prediction = forward(current)
        losses.append(loss_fn(prediction).tolist())
        slopes = grad_fn(current, prediction).tolist()
        entries = [entry - lr * slope for entry, slope in zip(entries, slopes, strict=True)]
    return torch.tensor(entries, dtype=params.dtype, device=params.device), losses
