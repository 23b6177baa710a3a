"""One epoch, and then the rest of the training from where it ended."""

import torch


def training_loop(params, forward, loss_fn, grad_fn, lr, epochs):
    start = torch.empty_like(params).copy_(params.detach())
    if epochs == 0:
        return start, []
    prediction = forward(start)
    loss = loss_fn(prediction)
    step = grad_fn(start, prediction) * -lr
    trained, later_losses = training_loop(start + step, forward, loss_fn, grad_fn, lr, epochs - 1)
    return trained, [float(loss), *later_losses]
