"""Exercise 3.6.2 entry by entry with Python floats."""

import math

import torch


def rebuilt(grad, entries):
    return torch.tensor(entries, dtype=grad.dtype, device=grad.device).reshape(grad.shape)


def clip_by_norm(grads, max_norm):
    rows = [grad.flatten().tolist() for grad in grads]
    norm = math.hypot(*(entry for row in rows for entry in row))
    if math.isnan(norm) or math.isinf(norm):
        raise ValueError
    divisor = max(1.0, norm / max_norm)
    return [rebuilt(grad, [entry / divisor for entry in row]) for grad, row in zip(grads, rows)], norm


def clip_by_value(grads, limit):
    return [rebuilt(grad, [max(-limit, min(limit, e)) for e in grad.flatten().tolist()]) for grad in grads]
