import torch


def double(x):
    return torch.full(x.shape, 2.0, dtype=x.dtype) * x
