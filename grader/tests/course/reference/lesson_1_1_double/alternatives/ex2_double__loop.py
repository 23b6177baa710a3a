"""Doubles entry by entry, in Python."""

import torch


def double(x):
    """Return twice `x`."""
    entries = [2 * value for value in x.detach().flatten().tolist()]
    return torch.tensor(entries, dtype=x.dtype, device=x.device).reshape(x.shape)
