"""Exercise 3.1.4 with flat tensors, Horner's scheme instead of the features, and torch.autograd.grad."""

import torch


def quadratic_features(x):
    features = x.new_ones(len(x), 3)
    features[:, 1] = x.detach()[:, 0]
    features[:, 0] = features[:, 1] * features[:, 1]
    return features


def fit_polynomial(x, y, w0, lr, steps):
    w = torch.empty(3, dtype=w0.dtype, device=w0.device)
    w.copy_(w0.detach().reshape(3))
    w.requires_grad_(True)
    inputs, targets = x.detach().reshape(-1), y.detach().reshape(-1)
    optimizer = torch.optim.NAdam([w], lr)
    for _ in range(steps):
        if inputs.numel() == 0:
            break
        error = (w[0] * inputs + w[1]) * inputs + w[2] - targets
        (w.grad,) = torch.autograd.grad(error.dot(error) / len(error), [w])
        optimizer.step()
    return w.detach().unsqueeze(1)
