"""Python floats and math.sqrt."""

import math

from torch import Tensor


def gradient_check(analytic: Tensor, numeric: Tensor, tol: float = 1e-5) -> tuple[bool, float]:
    if tuple(analytic.shape) != tuple(numeric.shape):
        raise ValueError("shapes differ")
    a, n = analytic.reshape(-1).tolist(), numeric.reshape(-1).tolist()
    if not all(math.isfinite(v) for v in a + n):
        return (False, float("nan"))

    def norm(v):
        return math.sqrt(sum(entry * entry for entry in v))

    size = norm(a) + norm(n)
    if size == 0:
        return (True, 0.0)
    error = norm([p - q for p, q in zip(a, n)]) / size
    return (error <= tol, error)
