"""Exercise 3.3.1 from the variances, with in-place draws on a float64 tensor."""

import torch


def xavier_bound(fan_in, fan_out, gain=1.0):
    variance = gain**2 * 2.0 / (fan_in + fan_out)
    return (3.0 * variance) ** 0.5


def he_std(fan_in):
    return (fan_in / 2) ** -0.5


def xavier_uniform(fan_in, fan_out, generator, gain=1.0, dtype=torch.float32):
    a = xavier_bound(fan_in, fan_out, gain)
    weights = torch.empty(fan_in, fan_out, dtype=torch.float64).uniform_(generator=generator)
    return weights.mul_(2 * a).sub_(a).type(dtype)


def he_normal(fan_in, fan_out, generator, dtype=torch.float32):
    weights = torch.empty(fan_in, fan_out, dtype=torch.float64).normal_(0, he_std(fan_in), generator=generator)
    return weights.to(dtype=dtype)
