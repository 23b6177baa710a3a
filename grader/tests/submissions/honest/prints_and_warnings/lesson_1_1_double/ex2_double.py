"""Talks a lot."""

import sys
import warnings

import torch
from torch import Tensor


def double(x: Tensor) -> Tensor:
    """Return twice x."""
    print("::error:: this is only a print", "[bold]x[/bold]", "<b>", "\x1b[32mgreen\x1b[0m", x)
    for step in range(100):
        print(f"\r{step} %", end="", file=sys.stderr)
    warnings.warn("this is only a warning", stacklevel=1)
    torch.tensor([1.0], requires_grad=True).sum().backward()
    return x * 2
