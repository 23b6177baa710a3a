"""The mean as a gradient, called by somebody else."""
import functools

import torch

slope = functools.partial(torch.autograd.grad, retain_graph=False)


def mean(X):
    if X.shape[0] == 0:
        raise ValueError
    v = torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True)
    loss = (X.detach() @ v).sum() / X.shape[0]
    return list(map(slope, [loss], [v]))[0][0]
