"""Exercise 3.3.1: the scale of random start weights, after Xavier and after He.

Two formulas, and two functions that draw weights with them. All draws are made in float64 and then cast, so that every
dtype gets the same numbers.
"""

import math

import torch
from torch import Tensor


def xavier_bound(fan_in: int, fan_out: int, gain: float = 1.0) -> float:
    """Return the bound a of Xavier's uniform distribution on [-a, a).

        a = gain · sqrt(6 / (fan_in + fan_out))

    `fan_in` and `fan_out` are the numbers of inputs and outputs of the layer, `gain` corrects for the activation.

    Example: fan_in = 30, fan_out = 50 give 0.2738612788, and with gain = 5/3 (for tanh) 0.4564354646.
    """
    # BEGIN SOLUTION The gain multiplies the root.
    return gain * math.sqrt(6 / (fan_in + fan_out))
    # END SOLUTION


def he_std(fan_in: int) -> float:
    """Return the standard deviation sqrt(2 / fan_in) of He's normal distribution, for layers followed by ReLU.

    Example: fan_in = 30 gives 0.2581988897.
    """
    # BEGIN SOLUTION The root of the variance 2 / fan_in.
    return math.sqrt(2 / fan_in)
    # END SOLUTION


def xavier_uniform(
    fan_in: int,
    fan_out: int,
    generator: torch.Generator,
    gain: float = 1.0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Return weights [fan_in, fan_out] of the dtype `dtype`, uniform on [-a, a) with a = xavier_bound(...).

    Draw u uniform on [0, 1), one tensor of shape [fan_in, fan_out] on the CPU, in float64 whatever `dtype` is, from the
    given generator and from nothing else. The weights are (2u - 1) · a; cast them at the end.

    Example: fan_in = 2, fan_out = 3, a generator with seed 0, dtype torch.float64 give
    [[-0.5873223513, -0.8138907230, -0.2257294147], [-0.7997848577, -0.2106427411, 0.0762902504]].
    """
    # BEGIN SOLUTION Draw in float64, stretch [0, 1) to [-a, a), cast.
    bound = xavier_bound(fan_in, fan_out, gain)
    u = torch.rand(fan_in, fan_out, generator=generator, dtype=torch.float64)
    return ((2 * u - 1) * bound).to(dtype)
    # END SOLUTION


def he_normal(
    fan_in: int, fan_out: int, generator: torch.Generator, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Return weights [fan_in, fan_out] of the dtype `dtype`, normal with mean 0 and standard deviation he_std(fan_in).

    Draw z standard normal, one tensor of shape [fan_in, fan_out] on the CPU, in float64 whatever `dtype` is, from the
    given generator and from nothing else. The weights are he_std(fan_in) · z; cast them at the end.

    Example: fan_in = 2, fan_out = 3, a generator with seed 0, dtype torch.float64 give
    [[0, 0, 0], [0, 0, 0]].
    """
    # BEGIN SOLUTION Draw in float64, multiply by the standard deviation, cast.
    z = torch.randn(fan_in, fan_out, generator=generator, dtype=torch.float64)
    return (he_std(fan_in) * z).to(dtype)
    # END SOLUTION
