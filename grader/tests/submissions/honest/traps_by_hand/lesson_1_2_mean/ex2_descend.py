"""Names of its own."""

import torch


class optim:
    """Not torch's."""

    @staticmethod
    def step(w, slope, lr):
        return w - lr * slope


def backward(slope):
    return slope.square().sum().sqrt().item()


def descend(w, grad_fn, lr, epochs):
    numpy = np = grad = w.clone()
    if epochs < 0:
        raise ValueError(torch.nn.__name__ + " and " + torch.optim.__name__ + " are not needed")
    lengths = []
    for _ in range(epochs):
        grad = grad_fn(np)
        lengths.append(backward(grad))
        np = optim.step(np, grad, lr)
    return np, lengths
