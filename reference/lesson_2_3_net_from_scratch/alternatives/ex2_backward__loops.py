"""Exercise 2.3.2 with nested lists of Python floats."""

import torch
from torch import Tensor

Params = dict[str, Tensor]


def backward(X: Tensor, y: Tensor, params: Params, y_pred: Tensor, h: Tensor) -> Params:
    n, outputs = y.shape
    if n == 0:
        raise ValueError("no samples")
    grads = {name: torch.zeros_like(value).tolist() for name, value in params.items()}
    rows, targets, predictions, hidden = X.tolist(), y.tolist(), y_pred.tolist(), h.tolist()
    weights = params["W2"].tolist()
    for i in range(n):
        errors = [(p - t) * 2 / (n * outputs) for p, t in zip(predictions[i], targets[i])]
        for k, error in enumerate(errors):
            grads["b2"][k] += error
            for j, a in enumerate(hidden[i]):
                grads["W2"][j][k] += a * error
        for j, a in enumerate(hidden[i]):
            back = sum(weights[j][k] * error for k, error in enumerate(errors))
            dz = back - back * a * a
            grads["b1"][j] += dz
            for d, x in enumerate(rows[i]):
                grads["W1"][d][j] += x * dz
    return {name: torch.tensor(grad, dtype=X.dtype, device=X.device) for name, grad in grads.items()}
