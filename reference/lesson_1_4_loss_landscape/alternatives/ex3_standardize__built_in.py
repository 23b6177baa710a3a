"""torch's own mean and std, and a mask for the constant features."""

import torch


@torch.no_grad()
def fit_standardizer(X_train):
    n = X_train.shape[0]
    if n < 1:
        raise ValueError("no samples")
    mean, std = X_train.mean(0), X_train.std(0, correction=0)
    std[std == 0] = 1
    return mean, std


def standardize(X, mean, std):
    return torch.div(torch.sub(X, mean[None, :]), std[None, :])
