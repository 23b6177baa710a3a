"""Exercise 3.3.1 by way of standard deviations, drawn into a tensor that is stretched in place."""

import math

import torch
from torch import Tensor


def xavier_bound(fan_in: int, fan_out: int, gain: float = 1.0) -> float:
    std = gain * math.sqrt(2.0 / float(fan_in + fan_out))
    return math.sqrt(3.0) * std


def he_std(fan_in: int) -> float:
    gain = math.sqrt(2.0)
    return gain / math.sqrt(fan_in)


def xavier_uniform(
    fan_in: int, fan_out: int, generator: torch.Generator, gain: float = 1.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    bound = xavier_bound(fan_in, fan_out, gain)
    W = torch.empty(fan_in, fan_out, dtype=torch.float64)
    torch.rand(fan_in, fan_out, generator=generator, dtype=torch.float64, out=W)
    W *= 2 * bound
    W -= bound
    return W.to(dtype=dtype)


def he_normal(fan_in: int, fan_out: int, generator: torch.Generator, dtype: torch.dtype = torch.float32) -> Tensor:
    W = torch.randn([fan_in, fan_out], generator=generator, dtype=torch.double)
    W.mul_(he_std(fan_in))
    return W.to(dtype)
