"""Exercise 3.1.4 as many write it: a clone that is told to require grad, and features made once."""

import torch


def quadratic_features(x):
    return torch.cat([x**2, x, torch.ones_like(x)], dim=1)


def fit_polynomial(x, y, w0, lr, steps):
    w = w0.clone().requires_grad_(True)
    opt = torch.optim.NAdam([w], lr=lr)
    if x.shape[0] == 0:
        return w.detach()
    F = quadratic_features(x)
    for _ in range(steps):
        opt.zero_grad()
        loss = ((F @ w - y) ** 2).mean()
        loss.backward()
        opt.step()
    return w.detach()
