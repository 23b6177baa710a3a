"""Exercise 2.6.1 as plain least squares: the penalty is D more samples, with the target 0 and no bias."""

import torch


@torch.no_grad()
def ridge_loss_and_gradients(X, y, w, b, lam):
    N, D = X.shape
    if N == 0:
        raise ValueError("N = 0")
    if lam < 0:
        raise ValueError("lam < 0")
    one = torch.cat([X.new_ones(N, 1), X.new_zeros(D, 1)])
    wide = torch.cat([X, (N * lam) ** 0.5 * torch.eye(D, dtype=X.dtype, device=X.device)])
    wide = torch.cat([wide, one], dim=1)
    theta = torch.cat([w, b.reshape(1, 1)])
    residual = torch.cat([y, torch.zeros_like(w)]) - wide @ theta
    gradient = torch.einsum("nd,no->do", wide, residual) * (-2 / N)
    return residual.square().sum() / N, gradient[:-1].clone(), gradient[-1].clone()
