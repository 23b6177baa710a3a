"""Exercise 3.5.2: gradient accumulation.

A batch that does not fit into memory is taken in small parts. Their gradients are added up, and there is one step.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn


def accumulated_step(
    model: nn.Module,
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    X: Tensor,
    y: Tensor,
    micro_batch: int,
) -> float:
    """Take one step of `optimizer` with the gradient of the mean loss over all N samples; return that loss.

    `X` is [N, …], `y` [N, …]. `loss_fn(model(X_i), y_i)` is the **mean** loss over the samples it is given. In this
    order:

        clear the gradients, also those that somebody left before the call
        for consecutive parts of `micro_batch` samples, the last of which may be smaller (n_i samples):
            forward, loss, and backward of the loss times n_i / N, so that no two graphs live at the same time
        one step of the optimizer

    The result is the mean loss over all N samples, before the step, a Python float. Up to rounding the parameters are
    those of one step on the whole batch, for every `micro_batch`; a `micro_batch` above N makes one part of N samples.
    The model stays in the mode it is in.

    Raises ValueError if `micro_batch` is less than 1 or N = 0.

    Example: N = 5 and micro_batch = 2 make parts of 2, 2 and 1 samples with the factors 0.4, 0.4 and 0.2. If their mean
    losses are 1, 2 and 3, the result is 1.8.
    """
    # BEGIN SOLUTION Clear once; forward and backward part by part, each loss times its share; step once.
    if micro_batch < 1:
        raise ValueError("micro_batch must be at least 1.")
    if len(X) == 0:
        raise ValueError("The mean loss of no samples is not defined.")
    optimizer.zero_grad()
    total = 0.0
    for start in range(0, len(X), micro_batch):
        X_i, y_i = X[start : start + micro_batch], y[start : start + micro_batch]
        share = len(X_i) / len(X)
        loss = share * loss_fn(model(X_i), y_i)
        loss.backward()  # adds to the gradients that are there, and frees this part's graph
        total += loss.item()
    optimizer.step()
    return total
    # END SOLUTION
