"""Exercise 2.4.1 with the step function, and differences of squares."""

import torch


def relu_derivative(z):
    return torch.heaviside(z, torch.zeros((), dtype=z.dtype, device=z.device))


def leaky_relu_derivative(z, slope=0.01):
    on = relu_derivative(z)
    return on + (1 - on) * slope


def sigmoid_derivative(z):
    s = z.sigmoid()
    return s - s.square()


def tanh_derivative(z):
    t = z.tanh()
    return (1 - t) * (1 + t)
