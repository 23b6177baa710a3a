"""Python numbers, one entry after the other."""

import math

import torch


def entrywise(function, z):
    values = [function(value) for value in z.flatten().tolist()]
    return torch.tensor(values, dtype=z.dtype, device=z.device).reshape(z.shape)


def relu(z):
    return entrywise(lambda value: value if value > 0 else 0.0, z)


def sigmoid(z):
    def one(value):
        if value < 0:
            return math.exp(value) / (1 + math.exp(value))
        return 1 / (1 + math.exp(-value))

    return entrywise(one, z)


def tanh(z):
    def one(value):
        small = math.expm1(-2 * abs(value))
        return math.copysign(-small / (2 + small), value)

    return entrywise(one, z)
