"""Exercise 2.6.3 with what is dropped filled with 0."""

import torch


def classic_dropout(x, p, training, generator):
    if p < 0.0 or p > 1.0:
        raise ValueError
    if training:
        return x.masked_fill(torch.rand(x.shape, generator=generator, dtype=torch.float32).lt(p).to(x.device), 0.0)
    factor = torch.full_like(x, 1 - p)
    return x * factor
