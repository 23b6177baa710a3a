"""Copies of its own, changed in place; both gradients before either update."""

import torch


def train_linear_regression(X, y, w, b, lr, epochs):
    weights, bias, history = torch.clone(w).detach(), torch.clone(b).detach(), []
    if X.numel() == 0:
        return weights, bias, history
    with torch.no_grad():
        for _epoch in range(epochs):
            residual = torch.addmm(bias, X, weights).sub_(y)
            history.append(residual.square().mean().item())
            slope = (X * residual).mean(dim=0).unsqueeze(1)
            bias.sub_(residual.mean(), alpha=2 * lr)
            weights.sub_(slope, alpha=2 * lr)
    return weights, bias, history
