"""Power iteration with squared matrices, in Python numbers at the end."""

import torch


def max_stable_lr(X):
    rows = [[1.0, *row] for row in X.tolist()]
    if not rows:
        raise ValueError("no samples")
    A = torch.tensor(rows, dtype=torch.float64)
    H = A.T @ A * (2 / len(rows))
    M = H
    for _ in range(30):  # M is H to the power 2**30, up to a factor
        M = M @ M
        M = M / M.abs().max()
    v = M @ torch.ones(len(H), dtype=torch.float64)
    v = M[:, 0] if float(v.norm()) < 1e-12 else v
    return float(2 * (v @ v) / (v @ H @ v))
