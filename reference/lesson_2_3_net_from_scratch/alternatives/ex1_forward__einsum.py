"""Exercise 2.3.1 with einsum, tanh from exponentials, and the loss as an inner product."""

import torch


@torch.no_grad()
def forward(X, params):
    z = torch.einsum("nd,dh->nh", X, params["W1"]) + params["b1"].unsqueeze(0)
    h = 1 - 2 / (torch.exp(2 * z) + 1)
    return torch.einsum("nh,ho->no", h, params["W2"]).add(params["b2"]), {"h": h}


@torch.no_grad()
def loss(y_pred, y):
    if y_pred.shape != y.shape:
        raise ValueError("shapes")
    n = y.numel()
    if not n:
        raise ValueError("empty")
    e = (y - y_pred).reshape(-1)
    return e.dot(e) / n
