"""New leaves after every update: their gradients are empty by birth."""

from torch import Tensor


def train_autograd(x: Tensor, y: Tensor, b: Tensor, w: Tensor, lr: float, epochs: int):
    b, w = b.clone().detach(), w.clone().detach()
    losses = []
    for _ in range(epochs):
        if x.shape[0] == 0:
            break
        b, w = b.requires_grad_(), w.requires_grad_()
        loss = (x * w + b - y).pow(2).mean()
        loss.backward()
        losses.append(loss.item())
        b, w = (b - lr * b.grad).detach(), (w - lr * w.grad).detach()
    return b, w, losses
