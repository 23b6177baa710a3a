"""Exercise 1.5.4: the loop with autograd.

The same run as by hand, but nobody writes a gradient formula: `backward` fills `.grad`, and the update uses it.
"""

import torch
from torch import Tensor


def train_autograd(
    x: Tensor, y: Tensor, b: Tensor, w: Tensor, lr: float, epochs: int
) -> tuple[Tensor, Tensor, list[float]]:
    """Train the model b + w·x with the mean squared error for `epochs` full-batch epochs; return `(b, w, losses)`.

    Shapes: `x [N, 1]`, `y [N, 1]`, `b [1]`, `w [1]`. `losses[e]` is the loss before update e, a Python float.

    The gradients come from autograd: run the backward pass once per epoch, and clear the gradients between the epochs.
    The caller's `b` and `w` stay untouched, even if they already require grad: train leaf copies of your own. The
    returned tensors are new, have the dtype of the start values and do not require grad. With N = 0 return copies of b
    and w and []. torch.optim, torch.nn and numpy are not allowed here: the update is yours.

    Worked example: x = ((1), (2), (3)), y = ((2), (4), (5)), b = 0, w = 0, lr = 0.1
        loss 15; b = 0.7333333333, w = 1.6666666667 after one epoch
        loss 0.2340740741; b = 0.6533333333, w = 1.4844444444 after two
    """
    # TODO: Make leaf copies; per epoch: loss, backward, update without recording, clear both gradients.
    raise NotImplementedError
