"""Exercise 2.3.1 with samples as columns inside, and the mean taken per output first."""

import torch
from torch import Tensor


def forward(X: Tensor, params: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
    p = {name: value.detach() for name, value in params.items()}
    h = torch.tanh(p["W1"].T @ X.detach().T + p["b1"][:, None])
    y_pred = torch.addmm(p["b2"][:, None], p["W2"].T, h)
    return y_pred.T, {"h": h.T}


def loss(y_pred: Tensor, y: Tensor) -> Tensor:
    if y_pred.size() != y.size():
        raise ValueError("predictions and targets differ in shape")
    if y.nelement() == 0:
        raise ValueError("no elements")
    per_output = (y_pred.detach() - y.detach()).pow(2).mean(dim=0)
    return per_output.mean()
