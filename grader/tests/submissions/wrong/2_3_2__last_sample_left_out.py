import torch


def backward(X, y, params, y_pred, h):
    if X.shape[0] == 0:
        raise ValueError("empty")
    d = 2 * (y_pred - y) / y.numel()
    dz = (d @ params["W2"].T) * (1 - h * h)
    db1 = torch.zeros_like(params["b1"])
    for i in range(len(X) - 1):
        db1 = db1 + dz[i]
    return {"W1": X.T @ dz, "b1": db1, "W2": h.T @ d, "b2": d.sum(0)}
