"""Exercise 2.6.1 with in-place sums on tensors of its own."""

import torch
from torch import Tensor


def ridge_loss_and_gradients(X: Tensor, y: Tensor, w: Tensor, b: Tensor, lam: float) -> tuple[Tensor, ...]:
    if not lam >= 0:
        raise ValueError(f"lam = {lam}")
    if y.numel() == 0:
        raise ValueError("no samples")
    X, y, w, b = X.detach(), y.detach(), w.detach(), b.detach()
    error = torch.addmm(b, X, w).sub_(y)
    loss = torch.dot(error[:, 0], error[:, 0]).div_(len(y))
    loss += torch.linalg.vector_norm(w) ** 2 * lam
    grad_w = w.clone().mul_(lam)
    grad_w += X.T.mm(error) / len(y)
    return loss, grad_w.mul_(2), error.mean(dim=0).mul_(2)
