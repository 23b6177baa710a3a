"""torch.var_mean, a mask of constant columns, and in-place changes of a copy."""

import torch


def fit_standardizer(X_train):
    if len(X_train) == 0:
        raise ValueError("N = 0")
    var, mean = torch.var_mean(X_train, dim=0, correction=0)
    std = var.sqrt()
    constant = X_train.amax(0) == X_train.amin(0)
    std[constant] = 1.0
    return mean.detach(), std.detach()


def standardize(X, mean, std):
    Z = X.detach().clone()
    Z -= mean
    Z /= std
    return Z
