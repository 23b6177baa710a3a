"""Exercise 3.3.1 with torch's own roots and a linear interpolation between the bounds."""

import torch


def xavier_bound(fan_in, fan_out, gain=1.0):
    return float(gain * torch.tensor(6 / (fan_in + fan_out), dtype=torch.float64).sqrt())


def he_std(fan_in):
    return torch.rsqrt(torch.tensor(fan_in / 2, dtype=torch.float64)).item()


def xavier_uniform(fan_in, fan_out, generator, gain=1.0, dtype=torch.float32):
    bound = torch.tensor(xavier_bound(fan_in, fan_out, gain), dtype=torch.float64)
    u = torch.rand((fan_in, fan_out), generator=generator, dtype=torch.double)
    return torch.lerp(-bound, bound, u).to(dtype)


def he_normal(fan_in, fan_out, generator, dtype=torch.float32):
    return torch.mul(torch.randn((fan_in, fan_out), generator=generator, dtype=torch.double), he_std(fan_in)).to(dtype)
