"""Exercise 3.8.3: fit a scaling law.

Over many orders of magnitude the loss of a network falls with its size like a power: L = a · N^(-alpha). Small models
are cheap to train; the fit says what a larger one would reach.
"""

import torch
from torch import Tensor


def fit_power_law(sizes: Tensor, losses: Tensor) -> tuple[float, float]:
    """Return `(a, alpha)` of the power law L = a · N^(-alpha) that fits the points best, two Python floats.

    `sizes` [P] holds the sizes N (of any real dtype, integers as well) and `losses` [P] the losses L. In logarithms the
    law is a straight line,

        ln L = ln a - alpha · ln N,

    and the best one is that of least squares in the logarithms: with x = ln N, y = ln L and their means x̄ and ȳ its slope is
    sum of (x - x̄)(y - ȳ) divided by sum of (x - x̄)², and it passes through (x̄, ȳ).

    Compute in float64 whatever the dtypes are. Raises `ValueError` if there are fewer than 2 points, if the lengths are not
    equal, or if a size or a loss is not positive.

    Example: N = 1e6, 1e7, 1e8, 1e9 with L = 12 · N^(-0.076) exactly give (12, 0.076). With these losses multiplied by 1,
    1.05, 0.97 and 1.02 it is (12.296579855, 0.076861705).
    """
    # BEGIN SOLUTION Refuse bad points; take logarithms in float64; fit the line; turn its intercept and slope into a, alpha.
    if len(sizes) != len(losses):
        raise ValueError("sizes and losses must have equal lengths")
    if len(sizes) < 2:
        raise ValueError("a line needs two points")
    if not (sizes > 0).all() or not (losses > 0).all():
        raise ValueError("only positive numbers have logarithms")
    x = torch.log(sizes.to(torch.float64))
    y = torch.log(losses.to(torch.float64))
    x_centred = x - x.mean()
    slope = (x_centred * (y - y.mean())).sum() / (x_centred**2).sum()
    intercept = y.mean() - slope * x.mean()
    a, alpha = torch.exp(intercept).item(), -slope.item()
    return a, alpha
    # END SOLUTION


def predict_loss(a: float, alpha: float, size: float) -> float:
    """Return the loss a · size^(-alpha) that the power law predicts for a model of this size, a Python float.

    Example: a = 12, alpha = 0.076 and size = 1e10 -> 2.0853609945.
    """
    # BEGIN SOLUTION Write down the power law.
    return a * size**-alpha
    # END SOLUTION
