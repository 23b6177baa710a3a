import torch
import torch.nn.functional as F


def forward(X, params):
    h = torch.tanh(X @ params["W1"] + params["b1"])
    return h @ params["W2"] + params["b2"], {"h": h}


def loss(y_pred, y):
    if y_pred.shape != y.shape or y.numel() == 0:
        raise ValueError("shapes")
    return F.mse_loss(y_pred, y)
