"""Exercise 3.3.1: how large the first weights should be.

Two recipes that are named after their authors: Xavier Glorot's for tanh and other activations that are steep at 0, and
Kaiming He's for ReLU. Both read the size of a weight off the sizes of the layers that it connects.
"""

import math

import torch
from torch import Tensor


def xavier_bound(fan_in: int, fan_out: int, gain: float = 1.0) -> float:
    """Return the bound a of Xavier's uniform initialisation on [-a, a), as a Python float.

    `fan_in` is the number of inputs of the layer, `fan_out` the number of its outputs, `gain` a factor that belongs to the
    activation (1 for the identity, 5/3 for tanh):

        a = gain · √( 6 / (fan_in + fan_out) )

    Example: fan_in = 30 and fan_out = 50 give 0.2738612788; with gain = 5/3 they give 0.4564354646.
    """
    # BEGIN SOLUTION Mind what stands inside the root and what in front of it.
    return gain * math.sqrt(6 / (fan_in + fan_out))
    # END SOLUTION


def he_std(fan_in: int) -> float:
    """Return the standard deviation of He's normal initialisation, √(2 / fan_in), as a Python float.

    Example: fan_in = 30 gives 0.2581988897.
    """
    # BEGIN SOLUTION ReLU lets half of the signal's power through: that is where the 2 comes from.
    return math.sqrt(2 / fan_in)
    # END SOLUTION


def xavier_uniform(
    fan_in: int, fan_out: int, generator: torch.Generator, gain: float = 1.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Return weights [fan_in, fan_out], drawn uniformly from [-a, a), with the bound a of `xavier_bound`.

    The draw: u = one call of `torch.rand` for the shape [fan_in, fan_out], in float64, on the CPU, with the `generator`.
    The weights are (2u - 1)·a, computed in float64 and then cast to `dtype`. Nothing else is drawn.
    """
    # BEGIN SOLUTION Draw, stretch [0, 1) to [-a, a), and cast last.
    u = torch.rand(fan_in, fan_out, generator=generator, dtype=torch.float64)
    return ((2 * u - 1) * xavier_bound(fan_in, fan_out, gain)).to(dtype)
    # END SOLUTION


def he_normal(fan_in: int, fan_out: int, generator: torch.Generator, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return weights [fan_in, fan_out], drawn from a normal distribution with mean 0 and the deviation of `he_std`.

    The draw: z = one call of `torch.randn` for the shape [fan_in, fan_out], in float64, on the CPU, with the `generator`.
    The weights are z times the deviation, computed in float64 and then cast to `dtype`. Nothing else is drawn.
    """
    # BEGIN SOLUTION Draw, scale, and cast last.
    z = torch.randn(fan_in, fan_out, generator=generator, dtype=torch.float64)
    return (z * he_std(fan_in)).to(dtype)
    # END SOLUTION
