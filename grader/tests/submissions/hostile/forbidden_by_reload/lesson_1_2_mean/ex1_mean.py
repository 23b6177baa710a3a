"""The mean as a gradient, from a fresh copy of the module."""
import importlib.util
import sys

import torch

spec = importlib.util.find_spec("torch.autograd.graph")
graph = importlib.util.module_from_spec(spec)
spec.loader.exec_module(graph)


def mean(X):
    if X.shape[0] == 0:
        raise ValueError
    v = torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True)
    loss = (X.detach() @ v).sum() / X.shape[0]
    return graph._engine_run_backward((loss,), (torch.ones_like(loss),), False, False, (v,), allow_unreachable=True)[0]
