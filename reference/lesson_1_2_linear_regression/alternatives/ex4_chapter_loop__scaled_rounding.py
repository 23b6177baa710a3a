"""Rounding by way of whole numbers; the loss after one epoch serves as the loss before the next."""

import torch


@torch.no_grad()
def train(X, Y, weights, lr, epochs, decimals=3):
    current, pairs = weights.clone(), []
    if len(Y) == 0:
        return current, pairs

    def rounded(values):
        if decimals is None:
            return values
        scale = 10**decimals
        return (values * scale).round() / scale

    def loss():
        return (Y - torch.mm(X, current)).pow(2).mean().item()

    before = loss()
    for _ in range(epochs):
        slope = -(2 / len(X)) * torch.einsum("nd,no->do", X, Y - torch.mm(X, current))
        current = rounded(current - lr * rounded(slope))
        after = loss()
        pairs.append((before, after))
        before = after
    return current, pairs
