"""Exercise 2.4.1 with torch.where, and both curves from the exponential of -|z|, which cannot overflow."""

import torch


def relu_derivative(z):
    return torch.where(z > 0, torch.ones_like(z), torch.zeros_like(z)).detach()


def leaky_relu_derivative(z, slope=0.01):
    result = torch.full_like(z, slope)
    result[z > 0] = 1
    return result


def sigmoid_derivative(z):
    e = torch.exp(-z.detach().abs())
    return e / (1 + e) ** 2


def tanh_derivative(z):
    return 4 * sigmoid_derivative(2 * z)
