"""Exercise 1.5.3: how fast the error of a difference quotient shrinks with its step.

The forward difference has order 1 (ten times smaller step, ten times smaller error), the central one order 2 (a hundred
times smaller error). Here this is measured. Autograd, torch.nn, torch.optim and numpy are not allowed.
"""

from collections.abc import Callable

import torch
from torch import Tensor

Fn = Callable[[Tensor], Tensor]


def difference_errors(f: Fn, df: Fn, x: Tensor, hs: Tensor) -> Tensor:
    """Return the absolute errors of two difference quotients of `f` at `x` for the steps `hs`: `[2, H]`, dtype of `x`.

    `x` is 0-dim, `hs [H]` holds positive steps; `f` and its derivative `df` work elementwise on tensors of any shape.

        row 0, forward:  | ( f(x + h) - f(x) ) / h - df(x) |
        row 1, central:  | ( f(x + h) - f(x - h) ) / (2·h) - df(x) |

    Worked example: f = df = exp, x = 0.5, hs = (0.1, 0.03, 0.01, 0.003)
        forward  0.085254, 0.024980, 0.0082712, 0.0024756
        central  0.0027492, 2.4732e-4, 2.7479e-5, 2.4731e-6
    """
    # TODO: Both quotients for all steps, then the distance of each from the true derivative.
    raise NotImplementedError


def observed_order(hs: Tensor, errors: Tensor) -> float:
    """Return the order of convergence seen in `errors`, as a Python `float`.

    An error that behaves like C·hᵖ gives a straight line in logarithms, log error = log C + p·log h. The order is the
    slope p of the least-squares line (with intercept) through the points (log h, log error):

        p = sum of (u - mean u)·(v - mean v)  /  sum of (u - mean u)²        u = log h, v = log error

    `hs [H]` and `errors [H]` are positive, H >= 2, and the steps are not all equal.

    Worked example: for the two rows of the example above the orders are 1.0090 and 2.0001.
    """
    # TODO: Take logarithms, subtract the means, divide the two sums.
    raise NotImplementedError
