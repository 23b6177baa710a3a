"""Long names everywhere."""
import torch

NAME = "n" * 1_000_000


def double(x):
    if x.dim() == 1:
        raise type(NAME, (Exception,), {})(NAME)
    if x.numel() % 2:
        return type(NAME, (), {})()
    return {NAME: torch.zeros(1), NAME + "2": 1}
