import torch


def forward(X, params):
    X = torch.as_tensor(X, dtype=torch.float32)
    W1, b1 = params["W1"].float(), params["b1"].float()
    W2, b2 = params["W2"].float(), params["b2"].float()
    h = torch.tanh(X @ W1 + b1)
    return h @ W2 + b2, {"h": h}


def loss(y_pred, y):
    if y_pred.shape != y.shape or y.numel() == 0:
        raise ValueError("shapes")
    return ((y_pred - y) ** 2).mean()
