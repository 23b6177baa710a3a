"""Exercise 3.7.2: two ways to make more of the same data.

A mirrored cat is a cat, so an image may be flipped and keep its label. Mixup goes further: it blends pairs of samples,
and then the labels have to be blended as well.
"""

import torch
from torch import Tensor


def random_flip(images: Tensor, p: float, generator: torch.Generator) -> Tensor:
    """Return the images, each of them mirrored left to right with probability `p`.

    `images` is [M, C, H, W] (images, channels, height, width). Mirroring reverses the last axis, the width, and leaves
    everything else in place.

    Randomness: u = torch.rand(M, generator=generator), one draw for the whole batch, on the CPU and in torch's default
    float32 whatever the dtype of the images is. Image i is flipped where u[i] < p.

    The result is a new tensor with the shape, dtype and device of `images`, also if nothing is flipped; `images` stays
    as it is. M = 0 gives a tensor without images.

    Example: the rows of images [[[[1, 2, 3]]], [[[4, 5, 6]]]] become [3, 2, 1] and [6, 5, 4] for p = 1. For p = 0.6 and
    a generator with seed 0 they become [3, 2, 1] and [4, 5, 6], since u = [0.4963, 0.7682].
    """
    # TODO: Draw one number per image, then choose between each image and its mirror image.
    raise NotImplementedError


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    """Return blends of the samples with other samples of the same batch, and the targets blended in the same way.

    `x` is [N, ...] with any further axes, `y` [N, K] holds one-hot or soft targets (each row sums to 1), `lam` is the
    mixing weight between 0 and 1, and `perm` [N] (int64) says which sample is the partner: row i is blended with row
    perm[i].

        x_mixed = lam · x + (1 - lam) · x[perm]        y_mixed = lam · y + (1 - lam) · y[perm]

    Both results are new tensors with the shape, dtype and device of `x` and `y`. N = 0 gives tensors without rows.

    Example: x = [[1, 2], [5, 6]], y = [[1, 0], [0, 1]], lam = 0.75 and perm = [1, 0] give
    x_mixed = [[2, 3], [4, 5]] and y_mixed = [[0.75, 0.25], [0.25, 0.75]].
    """
    # TODO: The same weights and the same partners for x and for y.
    raise NotImplementedError
