"""The mean as pooling."""
import torch


def mean(X):
    if X.shape[0] == 0:
        raise ValueError
    return torch.adaptive_avg_pool1d(X.T.unsqueeze(0), 1).flatten()
