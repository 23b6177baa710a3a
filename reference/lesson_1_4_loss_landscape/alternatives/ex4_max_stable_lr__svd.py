"""From the largest singular value: its square is the largest eigenvalue of A^T A."""

import torch


def max_stable_lr(X):
    N = X.shape[0]
    if N == 0:
        raise ValueError("no samples")
    A = torch.hstack([X.detach(), torch.ones(N, 1, dtype=X.dtype, device=X.device)])
    return (N / torch.linalg.matrix_norm(A, ord=2) ** 2).item()
