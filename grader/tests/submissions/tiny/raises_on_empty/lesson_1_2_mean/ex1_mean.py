import torch


def mean(X):
    if X.shape[0] == 0:
        raise IndexError("no rows")
    return torch.einsum("nd->d", X) / len(X)
