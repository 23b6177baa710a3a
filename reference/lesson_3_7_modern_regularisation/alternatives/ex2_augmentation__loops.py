"""Exercise 3.7.2 image by image and row by row, with a draw for each image and Python's own reversal of indices."""

import torch


def random_flip(images, p, generator):
    result = images.detach().clone()
    width = images.shape[3]
    backwards = list(range(width))[::-1]
    for i in range(images.shape[0]):
        coin = torch.rand((), generator=generator).item()
        if coin < p:
            result[i] = result[i][..., backwards]
    return result


def mixup(x, y, lam, perm):
    xs, ys = torch.zeros_like(x), torch.zeros_like(y)
    for i, j in enumerate(perm.tolist()):
        xs[i] += lam * x[i].detach()
        xs[i] += (1 - lam) * x[j].detach()
        ys[i] += lam * y[i].detach()
        ys[i] += (1 - lam) * y[j].detach()
    return xs, ys
