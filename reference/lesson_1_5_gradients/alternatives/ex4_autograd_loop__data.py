"""The older idiom: .data for the update, .grad.zero_() for the clearing, before the backward pass."""

import torch
from torch import Tensor


def train_autograd(
    x: Tensor, y: Tensor, b: Tensor, w: Tensor, lr: float, epochs: int
) -> tuple[Tensor, Tensor, list[float]]:
    bias = torch.empty_like(b).copy_(b.data).requires_grad_()
    weight = torch.empty_like(w).copy_(w.data).requires_grad_()
    losses = []
    if x.numel() > 0:
        for _ in range(epochs):
            for parameter in (bias, weight):
                if parameter.grad is not None:
                    parameter.grad.zero_()
            error = y - (bias + weight * x)
            loss = (error * error).sum() / error.numel()
            loss.backward()
            losses.append(loss.item())
            bias.data -= lr * bias.grad
            weight.data -= lr * weight.grad
    return bias.detach(), weight.detach(), losses
