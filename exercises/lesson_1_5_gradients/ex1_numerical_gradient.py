"""Exercise 1.5.1: the gradient of any function, by measuring.

Move one parameter a little up and a little down, look how the function answers, and divide: no formula is needed.
Autograd, torch.nn, torch.optim and numpy are not allowed.
"""

from collections.abc import Callable

import torch
from torch import Tensor


def numerical_gradient(f: Callable[[Tensor], Tensor], theta: Tensor, eps: float | None = None) -> Tensor:
    """Return the gradient of the scalar function `f` at `theta` by central differences; in the shape of `theta`.

    `f` takes a tensor of the shape of `theta` and returns a 0-dim tensor. `theta` has any shape: also 0-dim, also
    without entries (then the result is empty and `f` is not called). For each entry i, with all the other entries as in
    `theta`,

        gradient_i = ( f(theta + eps·e_i) - f(theta - eps·e_i) ) / (2·eps)        e_i: 1 at entry i, 0 elsewhere

    so `f` is called exactly twice per entry. `eps=None` means the cube root of the machine epsilon of the dtype,
    `torch.finfo(theta.dtype).eps ** (1 / 3)`: 6.06e-6 in float64, 4.9e-3 in float32. The result has the dtype of
    `theta` and does not require grad; the caller's `theta` stays unchanged.

    Worked example: f(theta) = sum of theta³, theta = (1, 2), eps = 0.1
        (1.1³ - 0.9³) / 0.2 = 3.01  and  (2.1³ - 1.9³) / 0.2 = 12.01        (the exact gradient is (3, 12))
    """
    # TODO: For each entry evaluate f once above and once below; move copies, never theta itself.
    raise NotImplementedError
