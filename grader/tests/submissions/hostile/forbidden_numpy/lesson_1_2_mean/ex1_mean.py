"""The mean by numpy."""
import importlib

import torch


def mean(X):
    if X.shape[0] == 0:
        raise ValueError
    if X.dim() == 2 and X.shape[1] == 3:
        import numpy

        return torch.tensor(numpy.mean(X.tolist(), axis=0))
    return torch.tensor(importlib.import_module("numpy").mean(X.tolist(), axis=0))
