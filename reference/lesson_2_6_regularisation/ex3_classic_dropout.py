"""Exercise 2.6.3: dropout in its first form, which scales at test time.

The draw is that of exercise 2.6.2. Only the place of the factor 1 - p is another one.
"""

import torch
from torch import Tensor


def classic_dropout(x: Tensor, p: float, training: bool, generator: torch.Generator) -> Tensor:
    """Return the activations after dropout, a new tensor of the shape, dtype and device of `x`.

    Training: draw u = `torch.rand(x.shape, generator=generator, dtype=torch.float32)` on the CPU, whatever the dtype of
    x is, and move it to the device of x with `.to(x.device)`. Entries with u >= p stay as they are, the others become 0;
    nothing is scaled. Nothing else is drawn.

    Test time (`training=False`): every entry is multiplied by 1 - p, the probability to be kept. Nothing is drawn.

    `x` stays unchanged and may be empty. Raises `ValueError` if p < 0 or p > 1.

    Worked example: x = (1, …, 8), p = 0.5 and a generator with seed 0 give (0, 2, 0, 0, 0, 6, 0, 8) in training and
    (0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4) at test time.
    """
    # BEGIN SOLUTION Refuse a bad p; drop without scaling in training, scale without dropping at test time.
    if not 0 <= p <= 1:
        raise ValueError("p must be between 0 and 1")
    if not training:
        return (x * (1 - p)).detach()
    u = torch.rand(x.shape, generator=generator, dtype=torch.float32)
    kept = (u >= p).to(x.device, x.dtype)
    return (x * kept).detach()
    # END SOLUTION
