"""Exercise 1.5.2: do two gradients agree?

"Close" means nothing without a scale: the difference is measured against the size of the gradients themselves.
Autograd, torch.nn, torch.optim and numpy are not allowed.
"""

import math

import torch
from torch import Tensor


def gradient_check(analytic: Tensor, numeric: Tensor, tol: float = 1e-5) -> tuple[bool, float]:
    """Return `(passed, error)`, a `bool` and a `float`, for two gradients of equal shape.

        error = ‖analytic - numeric‖ / ( ‖analytic‖ + ‖numeric‖ )        ‖v‖: root of the sum of all squared entries

    Two gradients that are both zero agree: error 0. The check passes if error <= tol (equality passes). If either
    tensor holds a NaN or an infinity the result is `(False, nan)`. Raises `ValueError` if the shapes differ.

    Worked example:
        analytic (3, 0), numeric (5, 0):             error 2 / 8 = 0.25; passes with tol = 0.25, not with tol = 0.2
        analytic (1, 2), numeric (2, 1):             error sqrt(2) / (2·sqrt(5)) = 0.3162277660
        analytic (1e-8, 0), numeric (2e-8, 0):       error 1 / 3: small gradients may differ greatly
    """
    # TODO: Shapes first, then finiteness, then the norms; mind the case of two zero gradients.
    raise NotImplementedError
