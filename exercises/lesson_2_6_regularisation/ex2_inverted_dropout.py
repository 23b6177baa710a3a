"""Exercise 2.6.2: inverted dropout, forward and backward.

In training every activation is dropped with probability p, and the others grow so that the mean stays the same. Then
nothing is left to do in evaluation.
"""

import torch
from torch import Tensor


def dropout_forward(x: Tensor, p: float, training: bool, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return `(out, mask)`, two new tensors of the shape, dtype and device of `x`, with out = x · mask.

    Training: draw u = `torch.rand(x.shape, generator=generator, dtype=torch.float32)` on the CPU, whatever the dtype of
    x is, and move it to the device of x with `.to(x.device)`. An entry is kept where u >= p and dropped elsewhere: the
    mask is 1/(1 - p) where it is kept, and 0 where it is dropped. With p = 1 everything is dropped, and the mask is 0.
    Nothing else is drawn.

    Evaluation (`training=False`): nothing is dropped and nothing is drawn; the mask is 1, for every p.

    `x` stays unchanged and may be empty. Raises `ValueError` if p < 0 or p > 1.

    Worked example: for x of shape [8] a generator with seed 0 draws u = .4963 .7682 .0885 .1320 .3074 .6341 .4901 .8964.
    With p = 0.5 the entries 1, 5 and 7 are kept and doubled: x = (1, …, 8) gives out = (0, 4, 0, 0, 0, 12, 0, 16).
    """
    # TODO: Refuse a bad p; in evaluation the mask is 1; in training draw, compare with p, and scale.
    raise NotImplementedError


def dropout_backward(grad_out: Tensor, mask: Tensor) -> Tensor:
    """Return the gradient with respect to x, given the gradient with respect to out and the mask of the forward pass.

    Both arguments have the same shape, and so has the result, a new tensor. As out = x · mask, entry by entry, each
    entry of the gradient passes through the same factor.

    Worked example: grad_out = (1, 2, 3) and mask = (0, 2, 2) give (0, 4, 6).
    """
    # TODO: Apply the chain rule to out = x · mask.
    raise NotImplementedError
