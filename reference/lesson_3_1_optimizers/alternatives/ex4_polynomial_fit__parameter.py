"""Exercise 3.1.4 with nn.Parameter, nn.functional.mse_loss, the gradient set to zero at the end, and columns by broadcasting."""

import torch
from torch import Tensor, nn


def quadratic_features(x: Tensor) -> Tensor:
    return x ** torch.arange(2, -1, -1, device=x.device)


def fit_polynomial(x: Tensor, y: Tensor, w0: Tensor, lr: float, steps: int) -> Tensor:
    weights = nn.Parameter(w0.detach().clone())
    x, y = x.detach(), y.detach()
    if x.shape[0] == 0:
        return weights.data
    optimizer = torch.optim.NAdam(params=[weights], lr=lr)
    for _ in range(steps):
        loss = nn.functional.mse_loss(quadratic_features(x) @ weights, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
    return weights.data
