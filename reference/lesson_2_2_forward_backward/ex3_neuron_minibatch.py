"""Exercise 2.2.3: one sigmoid neuron, trained batch by batch.

The neuron of exercise 2.2.2 again. Now several samples share a step, which follows the mean of their gradients.
Autograd, torch.nn, torch.optim and numpy are not allowed.
"""

import torch
from torch import Tensor


def train_batch(X: Tensor, y: Tensor, lr: float, epochs: int, batch_size: int) -> tuple[Tensor, Tensor]:
    """Return weight and bias of a sigmoid neuron after `epochs` passes over consecutive batches, in their order.

    `X` [N] holds one number per sample, `y` [N] the targets between 0 and 1. Start with w = b = 0. A batch is the
    next `batch_size` samples; the last one of an epoch is smaller if `batch_size` does not divide N. For every batch,
    and with the same w and b for all of its samples:

        forward     a = sigmoid(wx + b)
        backward    delta = 2(a - y)·a(1 - a)          one number per sample
        update      w decreases by lr times the mean of delta·x, b by lr times the mean of delta

    The mean is over the samples that are in the batch. Returns `(w, b)`, two 0-dim tensors with the dtype and device
    of `X`, without a graph.

    No samples, or `epochs=0`, gives (0, 0). A `batch_size` above N gives one batch of N. Raises ValueError if
    `batch_size` is below 1.

    Example: X = (-2, -1, 0, 1, 2), y = (0, 0, 0, 1, 1), lr = 0.5. With batch_size = 2 the three updates of the first
    epoch give (w, b) = (0.1875, -0.125), (0.2479884206, -0.1228821009) and (0.4449509775, -0.0244008224). After

        epochs    batch_size = 2                      batch_size = 5
             1    (0.4449509775, -0.0244008224)       (0.15, -0.025)
             2    (0.6913755934, -0.0640526590)       (0.2792118457, -0.0482273613)
            10    (1.3893589691, -0.3486089821)       (0.8464631469, -0.1904580426)
           100    (3.0869341634, -1.3948301269)       (2.1817903397, -0.8993145501)
          1000    (5.7160318690, -2.7466994570)       (4.6475685225, -2.2048790070)
    """
    # BEGIN SOLUTION Refuse a batch size below 1; then, for every epoch and every batch: forward, backward, one update.
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1.")
    X, y = X.detach(), y.detach()
    w = torch.zeros((), dtype=X.dtype, device=X.device)
    b = torch.zeros((), dtype=X.dtype, device=X.device)
    for _ in range(epochs):
        for start in range(0, len(X), batch_size):
            x = X[start : start + batch_size]  # a slice past the end is simply shorter: this is the last batch
            target = y[start : start + batch_size]
            a = torch.sigmoid(w * x + b)
            delta = 2 * (a - target) * a * (1 - a)
            w = w - lr * (delta * x).mean()
            b = b - lr * delta.mean()
    return w, b
    # END SOLUTION
