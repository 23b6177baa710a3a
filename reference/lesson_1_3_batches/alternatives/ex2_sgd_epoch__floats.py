"""Python floats in plain lists; tensors only at the end."""

from torch import Tensor


def sgd_epoch(X: Tensor, y: Tensor, w: Tensor, b: Tensor, lr: float, order: Tensor) -> tuple[Tensor, Tensor]:
    rows, targets = X.tolist(), y.reshape(-1).tolist()
    weights, bias = w.reshape(-1).tolist(), b.item()
    for i in order.tolist():
        error = bias - targets[i]
        for weight, feature in zip(weights, rows[i]):
            error += weight * feature
        weights = [weight - 2 * lr * error * feature for weight, feature in zip(weights, rows[i])]
        bias -= 2 * lr * error
    return w.new_tensor(weights).reshape(w.shape), b.new_tensor([bias])
