"""The mean as a gradient, freshly imported."""
import importlib
import sys

import torch


def mean(X):
    if X.shape[0] == 0:
        raise ValueError
    v = torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True)
    loss = (X.detach() @ v).sum() / X.shape[0]
    ways = [
        lambda: importlib.import_module("torch.autograd").grad(loss, v),
        lambda: __import__("torch").autograd.grad(loss, v),
        lambda: sys.modules["torch.autograd"].grad(loss, v),
    ]
    return ways[X.shape[0] % 3]()[0]
