"""Exercise 2.1.1: three activation functions.

An activation bends what a linear layer returns. Write the three most common ones from exponentials and comparisons, so
that they survive numbers far away from zero.
"""

import torch
from torch import Tensor


def relu(z: Tensor) -> Tensor:
    """Return max(z, 0) for every entry of `z`: positive numbers pass, negative ones become 0.

    `z` may have any shape, 0-dim and empty included. The result is a new tensor with the shape, dtype and device of `z`.
    Neither torch.relu, torch.sigmoid, torch.tanh and torch.softmax nor methods and other functions of these names (such
    as math.tanh) are allowed in this file, nor torch.special.expit, a sigmoid by another name, nor anything of torch.nn.

    Example: z = (-2, 0, 3) gives (0, 0, 3).
    """
    # TODO: Compare every entry with 0.
    raise NotImplementedError


def sigmoid(z: Tensor) -> Tensor:
    """Return 1 / (1 + e^-z) for every entry of `z`: a number between 0 and 1.

    `z` may have any shape, 0-dim and empty included. The result is a new tensor with the shape, dtype and device of `z`.
    Entries as far out as ±1000 give numbers close to 0 or 1, never NaN or infinity, in float32 as in float64.

    Example: z = (0, 1, -1) gives (0.5, 0.7310585786, 0.2689414214).
    """
    # TODO: Write the formula with an exponential that cannot overflow for either sign of z.
    raise NotImplementedError


def tanh(z: Tensor) -> Tensor:
    """Return (e^z - e^-z) / (e^z + e^-z) for every entry of `z`: a number between -1 and 1.

    `z` may have any shape, 0-dim and empty included. The result is a new tensor with the shape, dtype and device of `z`.
    Entries as far out as ±1000 give -1 or 1, never NaN or infinity, in float32 as in float64.

    Example: z = (0, 1, -1) gives (0, 0.7615941560, -0.7615941560).
    """
    # TODO: Find a form with an exponential that cannot overflow, or use the relation to the sigmoid.
    raise NotImplementedError
