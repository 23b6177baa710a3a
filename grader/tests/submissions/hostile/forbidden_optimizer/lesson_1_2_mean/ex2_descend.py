"""An optimizer without a constructor."""
import sys

import torch


def descend(w, grad_fn, lr, epochs):
    if epochs < 0:
        raise ValueError
    w = w.detach().clone()
    lengths = []
    for _ in range(epochs):
        gradient = grad_fn(w)
        lengths.append(gradient.square().sum().sqrt().item())
        sys.modules["torch.optim.sgd"]._single_tensor_sgd(
            [w], [gradient], [None], None, None, weight_decay=0.0, momentum=0.0, lr=lr, dampening=0.0,
            nesterov=False, maximize=False, has_sparse_grad=False,
        )
    return w, lengths
