"""Exercise 2.4.1: the derivatives of four activations.

All functions take the pre-activation z, a tensor of any shape, and return a new tensor of the same shape and dtype.
`torch.sigmoid` and `torch.tanh` are allowed; autograd is not.
"""

import torch
from torch import Tensor


def relu_derivative(z: Tensor) -> Tensor:
    """Return the derivative of ReLU, max(0, z), entry by entry: 1 for z > 0, and 0 for z < 0.

    At z = 0 there is a kink. This course takes the left value, 0, as PyTorch does.

    Worked example: z = (-2, 0, 1) gives (0, 0, 1). An empty z gives an empty tensor.
    """
    # BEGIN SOLUTION Ask of each entry whether it is positive, and answer in numbers of z's dtype.
    return (z > 0).to(z.dtype)
    # END SOLUTION


def leaky_relu_derivative(z: Tensor, slope: float = 0.01) -> Tensor:
    """Return the derivative of leaky ReLU (z for z > 0, slope·z otherwise): 1 for z > 0, `slope` for z < 0.

    At z = 0 it is the left value, `slope`.

    Worked example: z = (-2, 0, 1) gives (0.01, 0.01, 1), with slope = 0.2 it gives (0.2, 0.2, 1).
    """
    # BEGIN SOLUTION As for ReLU, with slope in place of 0.
    positive = (z > 0).to(z.dtype)
    return positive + slope * (1 - positive)
    # END SOLUTION


def sigmoid_derivative(z: Tensor) -> Tensor:
    """Return the derivative of the sigmoid a = 1 / (1 + e^-z), written with its output: a(1 - a).

    It must be finite for every finite z: far from 0, at z = 1000 and at z = -1000, it is 0.

    Worked example: z = (0, 1) gives (0.25, 0.1966119332).
    """
    # BEGIN SOLUTION Compute the activation first, then the derivative from it.
    a = torch.sigmoid(z)
    return (a * (1 - a)).detach()
    # END SOLUTION


def tanh_derivative(z: Tensor) -> Tensor:
    """Return the derivative of a = tanh(z), written with its output: 1 - a².

    It must be finite for every finite z: far from 0 it is 0.

    Worked example: z = (0, 1) gives (1, 0.4199743416).
    """
    # BEGIN SOLUTION Compute the activation first, then the derivative from it.
    a = torch.tanh(z)
    return (1 - a**2).detach()
    # END SOLUTION
