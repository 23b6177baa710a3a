"""Exercise 1.3.3: mini-batch gradient descent, the loop that contains the other two.

With batches of one sample it is stochastic descent, with one batch of all samples it is batch descent: the batch size
only decides which samples enter an average. Write it by hand: autograd, torch.nn, torch.optim and numpy are not allowed.
"""

import torch
from torch import Tensor


def train_minibatch(
    X: Tensor,
    y: Tensor,
    w: Tensor,
    b: Tensor,
    lr: float,
    epochs: int,
    batch_size: int,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor, list[float]]:
    """Train the linear model Xw + b for `epochs` epochs in batches; return `(w, b, losses)`.

    Shapes: `X [N, D]`, `y [N, 1]`, `w [D, 1]`, `b [1]`. The returned `w` and `b` keep shape and dtype, are new tensors
    (also for `epochs=0`) and carry no graph of their own. The arguments stay unchanged; only the generator moves on.

    Order: with a generator draw `torch.randperm(N, generator=generator)` once at the start of every epoch, and let X
    and y follow it (the draw is made on the CPU; move it to the device of X). Without a generator keep the rows in
    their order.

    Batches: consecutive runs of `batch_size` entries of the order. The last one may be shorter and is used as well; a
    `batch_size` above N gives one batch of N. There is one update per batch of B samples:

        e = X_batch w + b - y_batch
        grad_w = (2 / B) · X_batchᵀ e        grad_b = (2 / B) · sum of e        B: the samples really in the batch

    History: `losses[k]` is the mean squared error over *all* N samples after epoch k, a Python float.

    With N = 0 copies of w and b and an empty history are returned. Raises `ValueError` if `batch_size` is less than 1.

    Worked example: X = [[1], [2], [3]], y = [[2], [4], [5]], w = [[0]], b = [0], lr = 0.1, batch_size = 2, no generator
        epoch 0:  w = 1, b = 0.6 after batch (0, 1);       w = 1.84, b = 0.88 after batch (2);    loss 0.9306666667
        epoch 1:  w = 1.656, b = 0.752 after batch (0, 1); w = 1.224, b = 0.608 after batch (2);  loss 0.4792533333
    """
    # TODO: In every epoch choose the order, cut it into batches, update on every batch, record the loss.
    raise NotImplementedError
