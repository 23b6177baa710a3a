"""Exercise 3.4.2: batch normalisation, in training and in evaluation.

In training the batch normalises itself and the running values learn from it; in evaluation the running values
normalise and learn nothing.
"""

import torch
from torch import Tensor


def batchnorm(
    x: Tensor,
    gamma: Tensor,
    beta: Tensor,
    running_mean: Tensor,
    running_var: Tensor,
    training: bool,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return `(out, running_mean, running_var)`: the normalised batch [N, D] and the new running values [D].

    `x` is [N, D]; `gamma`, `beta`, `running_mean` and `running_var` are [D], one entry per feature. All statistics are
    taken over the batch, for every feature by itself:

        out = gamma · (x - mean) / √(var + eps) + beta                (eps stands inside the root)

    Training: `mean` and `var` are those of the batch. The variance that normalises is the biased one (divisor N).
    The running values move a little towards the batch; for them the variance is the unbiased one (divisor N - 1):

        running = (1 - momentum) · running + momentum · value of the batch

    Evaluation (`training=False`): `mean` and `var` are the running values, which are returned unchanged, as copies.
    N may be 1.

    All results are new tensors with the dtype and device of `x`, without a graph; the arguments stay as they are.
    Raises ValueError in training if N < 2: one sample has no variance.

    Example: x = [[1], [3]], gamma = [1], beta = [0], running_mean = [0], running_var = [1], training, the default
    momentum and eps: out = [[-0.9999950000], [0.9999950000]], running_mean = [0.2], running_var = [1.1].
    """
    # TODO: Choose the mean and the variance, normalise with them; in training also move the running values.
    raise NotImplementedError
