"""Exercise 2.4.2: units that cannot learn.

A ReLU unit that is off for every sample has no gradient at all, a tanh unit near ±1 hardly any. Count them.
"""

import torch
from torch import Tensor


def dead_relu_fraction(X: Tensor, W: Tensor, b: Tensor) -> float:
    """Return the share of the H ReLU units that are dead on the data, a Python float.

    `X` is [N, D], `W` [D, H] and `b` [H]. The pre-activations are z = XW + b, [N, H]. A unit is dead if z <= 0 for *all*
    N samples (at z = 0 the gradient is 0, too). The result is the number of dead units divided by H.

    Raises `ValueError` if N = 0 or H = 0.

    Worked example: X = ((1), (2)), W = ((1, -1, -1)), b = (0, 0, 1.5) give z = ((1, -1, 0.5), (2, -2, -0.5)): only the
    second unit is dead, so the result is 1/3.
    """
    # TODO: Compute z; find the units that are off for every sample; take the mean over the units.
    raise NotImplementedError


def saturated_fraction(X: Tensor, W: Tensor, b: Tensor, threshold: float = 0.99) -> float:
    """Return the share of the N·H tanh activations that are saturated, a Python float.

    The shapes are those of `dead_relu_fraction`. An activation a = tanh(XW + b) is saturated if |a| > threshold, on
    either side. Here every sample of every unit counts for itself: divide by N·H.

    Raises `ValueError` if N = 0 or H = 0.

    Worked example: X = ((1), (2)), W = ((1, -2, 0)), b = (0, 0, 0.5) give a = ((0.7616, -0.9640, 0.4621),
    (0.9640, -0.9993, 0.4621)): one of 6 is above 0.99, so the result is 1/6; with threshold 0.9 it is 3/6.
    """
    # TODO: Compute the activations; count those beyond the threshold on either side; divide by their number.
    raise NotImplementedError
