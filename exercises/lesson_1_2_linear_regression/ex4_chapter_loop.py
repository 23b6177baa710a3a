"""Exercise 1.2.4: a training loop that rounds, as in a book.

A book that works an example out on paper prints three decimals and goes on with the printed numbers. This loop does
the same, so that its numbers can be compared with a page, and so that you see what rounding does to training.
"""

import torch
from torch import Tensor


def train(
    X: Tensor, Y: Tensor, weights: Tensor, lr: float, epochs: int, decimals: int | None = 3
) -> tuple[Tensor, list[tuple[float, float]]]:
    """Train the model X weights, which has no bias, and return the weights and the losses (before, after) of each epoch.

    `X` [N, D] holds one sample in each row, `Y` [N, 1] the targets, `weights` [D, 1] the start. Every epoch

    1. computes the mean squared error of the current weights: the loss before;
    2. computes the gradient g = -(2 / N) * X^T (Y - X weights) and rounds it to `decimals` decimals;
    3. computes the new weights, weights - lr * g, and rounds them to `decimals` decimals;
    4. predicts anew and computes the mean squared error of the new weights: the loss after.

    Losses are Python floats and are not rounded. Rounding is that of `torch.round(..., decimals=decimals)`, which takes
    the even last digit where a number lies exactly between two; with `decimals` = None nothing is rounded.

    The returned weights have the dtype and the device they came with, share no memory with an argument and carry no
    autograd graph; no argument is changed. With `epochs` = 0, and where there are no samples (N = 0), they are an
    unrounded copy of the start and the list is empty. With lr = 0 every epoch still rounds: 0.1237 becomes 0.124.
    Autograd, torch.nn, torch.optim and numpy are not allowed.

    Example with one feature: X = [[0.5], [1], [1.5], [2]], Y = 2 X, weights = [[1]], lr = 0.1, 3 epochs. The rounded
    gradients are -3.75, -2.344 and -1.466, the weights 1.375, 1.609 and 1.756, and the losses run 1.875, 0.732421875,
    0.286651875, 0.11163.

    Example with a column of ones for the bias: X = [[1, 0.5], [1, 1], [1, 1.5], [1, 2]],
    Y = [[2.07], [3.03], [4.01], [5.06]], weights = [[0], [0]], lr = 0.06, 4 epochs. The weights become (0.425, 0.606),
    (0.708, 1.012), (0.896, 1.284) and (1.021, 1.467); the loss falls from 13.787375 to 0.559015375.
    """
    # TODO: In every epoch: loss before, rounded gradient, rounded new weights, loss after with new predictions.
    raise NotImplementedError
