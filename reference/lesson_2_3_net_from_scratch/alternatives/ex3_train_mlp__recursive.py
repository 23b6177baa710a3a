"""Exercise 2.3.3 as one step and a call of itself for the rest."""

import torch


def update(params, grads, lr):
    with torch.no_grad():
        out = {}
        for k in grads.keys():
            out[k] = params[k] + (-lr) * grads[k]
        return out


def train_mlp(X, y, params, lr, epochs):
    if epochs == 0 or X.size(0) == 0:
        return update(params, {k: torch.zeros_like(v) for k, v in params.items()}, 0.0), []
    h = torch.tanh(torch.addmm(params["b1"], X, params["W1"]))
    d = torch.addmm(params["b2"], h, params["W2"]) - y
    here = d.square().mean().item()
    d = 2 * d / d.numel()
    dz = torch.matmul(d, params["W2"].mT) * (1 - h) * (1 + h)
    grads = {"W1": X.mT @ dz, "b1": dz.sum(0), "W2": h.mT @ d, "b2": d.sum(0)}
    final, later = train_mlp(X, y, update(params, grads, lr), lr, epochs - 1)
    return final, [here] + later
