"""Exercise 3.1.3 entry by entry with Python floats; the decoupled decay is subtracted after the step was computed."""

import math

import torch


def adam_step(p, grad, m, v, t, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=False):
    if t <= 0:
        raise ValueError("t starts at 1")
    b1, b2 = betas
    lists = [tensor.reshape(-1).tolist() for tensor in (p, grad, m, v)]
    out = ([], [], [])
    for place, slope, mean, square in zip(*lists):
        g = slope if decoupled else slope + place * weight_decay
        mean = b1 * mean + g - b1 * g
        square = b2 * square + g * g - b2 * g * g
        step = (mean / (1 - math.pow(b1, t))) / (math.sqrt(square / (1 - math.pow(b2, t))) + eps)
        decay = lr * weight_decay * place if decoupled else 0.0
        for values, value in zip(out, (place - lr * step - decay, mean, square)):
            values.append(value)
    return tuple(torch.tensor(values, dtype=p.dtype, device=p.device).reshape(p.shape) for values in out)
