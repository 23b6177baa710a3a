import torch


def backward(X, y, params, y_pred, h):
    n, o = y.shape
    if n == 0:
        raise ValueError("empty batch")
    delta2 = (y_pred - y) * (2.0 / (n * o))
    grad_W2 = torch.matmul(h.T, delta2)
    grad_b2 = delta2.sum(dim=0)
    delta1 = torch.matmul(delta2, params["W2"]) * (1 - h.pow(2))
    grad_W1 = torch.matmul(X.T, delta1)
    grad_b1 = delta1.sum(dim=0)
    return {"W1": grad_W1, "b1": grad_b1, "W2": grad_W2, "b2": grad_b2}
