"""Exercise 2.3.3 from the functions of the first two exercises, copied here."""

import torch
from torch import Tensor

Params = dict[str, Tensor]


def forward(X, params):
    h = torch.tanh(X @ params["W1"] + params["b1"])
    return h @ params["W2"] + params["b2"], {"h": h}


def loss(y_pred, y):
    return torch.mean((y_pred - y) ** 2)


def backward(X, y, params, y_pred, h):
    n, outputs = y.shape
    d = 2 * (y_pred - y) / (n * outputs)
    dh = d @ params["W2"].T
    dz = dh - dh * h**2
    return {
        "W2": h.T @ d,
        "b2": torch.sum(d, dim=0),
        "W1": X.T @ dz,
        "b1": torch.sum(dz, dim=0),
    }


def update(params: Params, grads: Params, lr: float) -> Params:
    new = {}
    for name in params:
        new[name] = params[name].detach() - lr * grads[name].detach()
    return new


def train_mlp(X: Tensor, y: Tensor, params: Params, lr: float, epochs: int) -> tuple[Params, list[float]]:
    params = {k: v.detach().clone() for k, v in params.items()}
    losses = []
    with torch.no_grad():
        for _ in range(epochs if len(X) > 0 else 0):
            y_pred, cache = forward(X, params)
            losses.append(float(loss(y_pred, y)))
            grads = backward(X, y, params, y_pred, cache["h"])
            params = update(params, grads, lr)
    return params, losses
