"""The mean as a linear layer."""
import torch


def mean(X):
    if X.shape[0] == 0:
        raise ValueError
    ones = torch.ones(1, X.shape[0], dtype=X.dtype) / X.shape[0]
    return torch.ops.aten.linear(X.T, ones).flatten()
