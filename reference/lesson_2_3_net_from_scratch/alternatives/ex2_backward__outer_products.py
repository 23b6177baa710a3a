"""Exercise 2.3.2 as a mean of per-sample gradients, each an outer product, added in place to tensors of its own."""

import torch


@torch.no_grad()
def backward(X, y, params, y_pred, h):
    if X.shape[0] < 1:
        raise ValueError("backward needs a sample")
    grads = {name: torch.zeros(value.shape, dtype=X.dtype, device=X.device) for name, value in params.items()}
    for x, target, output, a in zip(X, y, y_pred, h):
        error = 2 * (output - target)
        dz = params["W2"].mv(error) * (1 - a) * (1 + a)
        grads["W1"] += torch.outer(x, dz)
        grads["b1"] += dz
        grads["W2"] += torch.outer(a, error)
        grads["b2"] += error
    for grad in grads.values():
        grad /= y.shape[0] * y.shape[1]
    return grads
