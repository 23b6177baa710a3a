import torch


def mse_gradients(X, y, w, b):
    n = X.shape[0]
    if n == 0:
        raise ValueError("no samples")
    pred = torch.matmul(X, w) + b
    diff = pred - y
    dw = torch.matmul(X.t(), diff) / n
    db = diff.mean(0)
    return dw, db
