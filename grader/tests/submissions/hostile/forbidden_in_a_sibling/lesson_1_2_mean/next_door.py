import torch
from torch.autograd import grad


def compute(X):
    if X.shape[0] == 0:
        raise ValueError
    v = torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True)
    return grad((X.detach() @ v).sum() / X.shape[0], v)[0]
