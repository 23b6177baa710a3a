"""The variance first, by einsum; the scaling in place on a copy."""

import torch


def fit_standardizer(X_train):
    if not len(X_train):
        raise ValueError("no samples")
    X = X_train.detach()
    mean = X.sum(dim=0).div(len(X))
    centred = X.sub(mean)
    variance = torch.einsum("nd,nd->d", centred, centred) / X.shape[0]
    return mean, torch.sqrt(variance + (variance == 0).to(variance.dtype))


def standardize(X, mean, std):
    Z = X.detach().clone()
    Z -= mean.detach()
    Z /= std.detach()
    return Z
