import torch


def mean(X):
    if X.shape[0] == 0:
        raise ValueError("no rows")
    return torch.einsum("nd->d", X)
