"""Annotations that are evaluated."""

import math
import typing

import numpy as np
import torch
from torch import nn
from torch.optim import SGD, Optimizer


def descend(w: torch.Tensor, grad_fn: typing.Callable[[torch.Tensor], torch.Tensor], lr: float, epochs: int) -> tuple[torch.Tensor, list[float]]:
    """Walk downhill."""
    chosen: Optimizer | SGD | nn.Module | np.ndarray | None = None
    if epochs < 0:
        raise ValueError("epochs")
    w, lengths = w.clone(), []
    for _ in range(epochs):
        slope = grad_fn(w)
        lengths.append(math.sqrt(float((slope * slope).sum())))
        w = w - lr * slope
    return w, lengths
