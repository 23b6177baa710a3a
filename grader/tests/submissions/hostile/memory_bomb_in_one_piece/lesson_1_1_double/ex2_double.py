"""One very large tensor."""
import torch


def double(x):
    return torch.zeros(10 * 2**40, dtype=torch.uint8)
