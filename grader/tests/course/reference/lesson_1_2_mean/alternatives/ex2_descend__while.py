"""Counts down in a while loop, and asks for the length with a dot product."""

import torch


def descend(w, grad_fn, lr, epochs):
    """Walk downhill."""
    if epochs < 0:
        raise ValueError("epochs")
    here, lengths, left = torch.clone(w), [], epochs
    while left:
        slope = grad_fn(here)
        lengths += [float(slope @ slope) ** 0.5]
        here = torch.sub(here, slope, alpha=lr)
        left -= 1
    return here, lengths
