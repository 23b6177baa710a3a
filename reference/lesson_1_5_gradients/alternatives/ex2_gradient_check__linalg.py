"""torch.linalg.vector_norm, and the NaN found in the sum of absolute values."""

import torch
from torch import Tensor


def gradient_check(analytic: Tensor, numeric: Tensor, tol: float = 1e-5) -> tuple[bool, float]:
    if analytic.shape != numeric.shape:
        raise ValueError("analytic and numeric must have the same shape")
    total = analytic.detach().abs().sum() + numeric.detach().abs().sum()
    if not torch.isfinite(total):
        return False, float("nan")
    if total == 0:
        return True, 0.0
    norm = torch.linalg.vector_norm
    error = float(norm(analytic - numeric) / (norm(analytic) + norm(numeric)))
    return bool(error <= tol), error
