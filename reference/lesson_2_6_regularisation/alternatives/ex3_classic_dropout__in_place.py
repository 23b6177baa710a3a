"""Exercise 2.6.3 by setting entries of a copy to zero."""

import torch


@torch.no_grad()
def classic_dropout(x, p, training, generator):
    if not (p >= 0 and p <= 1):
        raise ValueError("a probability lies between 0 and 1")
    result = x.clone()
    if training:
        dropped = torch.rand(tuple(x.shape), generator=generator) < p
        result[dropped.to(x.device)] = 0
    else:
        result -= p * result
    return result
