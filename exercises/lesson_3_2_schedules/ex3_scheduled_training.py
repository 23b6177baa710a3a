"""Exercise 3.2.3: training with a schedule, and a comparison of learning rates.

The loop of lesson 1.2, but it asks for the learning rate anew in every epoch.
"""

import math
from collections.abc import Callable, Sequence

from torch import Tensor


def train_with_schedule(
    X: Tensor, y: Tensor, w: Tensor, b: Tensor, schedule: Callable[[int], float], epochs: int
) -> tuple[Tensor, Tensor, list[float], list[float]]:
    """Train the model X w + b on all samples at once, with the rate `schedule(epoch)`; return `(w, b, losses, lrs)`.

    `X` is [N, D], `y` [N, 1], `w` [D, 1] and `b` [1]. Epochs count from 0. Every epoch makes one step of gradient
    descent on the mean squared error (mean over the N samples, without ½), with the errors e = X w + b - y and the rate
    η = schedule(epoch):

        w  <-  w - η · (2 / N) · Xᵀ e        b  <-  b - η · (2 / N) · (sum of e)

    `schedule` is called once per epoch, with 0, 1, …, epochs - 1 in this order, and returns the rate itself (no factor
    for an earlier rate). `losses` holds the loss before each epoch's update and `lrs` the rate of each epoch, both as
    Python floats.

    w and b are new tensors that share no memory with the arguments and carry no graph; no argument is changed. With
    `epochs` = 0, and where there are no samples (N = 0), they are copies of the start, and both lists are empty.
    Autograd and torch.optim are not allowed.

    Example: X = [[1], [2], [3]], y = [[2], [4], [5]], w = [[0]], b = [0], the rates 0.1, 0.05, 0.025 and epochs = 3
    give losses = [15, 0.2340740741, 0.0909662551], w = [[1.5552592593]], b = [0.6844444444].
    """
    # TODO: Copy the start; in every epoch: ask for the rate, note it and the loss, then update both.
    raise NotImplementedError


def compare_rates(X: Tensor, y: Tensor, w: Tensor, b: Tensor, rates: Sequence[float], epochs: int) -> list[float]:
    """Return the final loss for each of several constant learning rates, a list of Python floats.

    Shapes, model and loss are those of `train_with_schedule`. Every rate trains for `epochs` epochs from the *given* w
    and b. Its final loss is the mean squared error over all samples *after* the last update; with `epochs` = 0 it is
    the loss of the start. A final loss that is not finite (infinity or NaN) is reported as infinity. No rates give [].

    No argument is changed. Raises ValueError if there are no samples (N = 0).

    Example: the 80 published training points of lesson 1.2, w = 0, b = 0, 50 epochs; the rates
    0.001, 0.1, 0.2, 0.8, 0.81, 1.1 give 3.2943464, 0.0353680, 0.0138686, 1.0319511, 12.3103563, 2.7724243e24.
    """
    # TODO: For each rate: train from the given start, measure the loss at the end, report what is not finite.
    raise NotImplementedError
