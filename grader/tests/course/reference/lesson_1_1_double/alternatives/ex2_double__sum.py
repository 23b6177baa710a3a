"""Adding instead of multiplying."""

import torch
from torch import Tensor


def double(x: Tensor) -> Tensor:
    """Return `x + x`."""
    return torch.add(x, x)
