"""Masks and copies; tanh by way of the sigmoid, with 1/(1 + e^-z), which overflows only where 1/inf is right."""

import torch


@torch.no_grad()
def relu(z):
    result = z.clone()
    result[result < 0] = 0
    return result


@torch.no_grad()
def sigmoid(z):
    return 1 / (1 + (-z).exp())


@torch.no_grad()
def tanh(z):
    return 2 * sigmoid(2 * z) - 1
