"""Imports more than it needs, as editors do."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy import ndarray
from torch import nn, optim
from torch.autograd import grad

Array = np.ndarray | torch.Tensor


def mean(X: np.ndarray | torch.Tensor, optimizer: optim.SGD | None = None, layer: nn.Linear | None = None) -> ndarray:
    """Return the mean of each column."""
    if X.shape[0] == 0:
        raise ValueError("no rows")
    return X.sum(dim=0) / X.shape[0]
