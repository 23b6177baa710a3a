"""Feature by feature, with Python numbers."""

import math

import torch


def fit_standardizer(X_train):
    if X_train.size(0) == 0:
        raise ValueError("no samples")
    means, stds = [], []
    for column in X_train.T.tolist():
        mean = math.fsum(column) / len(column)
        variance = math.fsum((value - mean) ** 2 for value in column) / len(column)
        means.append(mean)
        stds.append(math.sqrt(variance) or 1.0)
    kind = {"dtype": X_train.dtype, "device": X_train.device}
    return torch.tensor(means, **kind), torch.tensor(stds, **kind)


def standardize(X, mean, std):
    result = X.detach().clone()
    for row in range(X.shape[0]):
        for column in range(X.shape[1]):
            result[row, column] = (float(X[row, column]) - float(mean[column])) / float(std[column])
    return result
