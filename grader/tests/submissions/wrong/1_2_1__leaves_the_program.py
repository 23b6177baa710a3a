import sys

import torch


def predict(X, w, b):
    return X @ w + b


def mse_loss(y_pred, y):
    if y_pred.shape != y.shape or len(y) == 0:
        print("shapes do not fit")
        sys.exit(1)
    return ((y_pred - y) ** 2).mean()
