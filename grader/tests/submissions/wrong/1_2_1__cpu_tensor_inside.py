import torch


def predict(X, w, b):
    ones = torch.ones(X.shape[0], 1, dtype=X.dtype)
    return X @ w + ones * b


def mse_loss(y_pred, y):
    if y_pred.shape != y.shape or len(y) == 0:
        raise ValueError("y_pred and y must have the same shape")
    return torch.mean((y_pred - y) ** 2)
