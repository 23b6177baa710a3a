"""Exercise 3.4.1 sample by sample with Python floats; numbers become a tensor at the very end."""

import math

import torch
from torch import Tensor


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


FUNCTIONS = {
    "tanh": (math.tanh, lambda z: 1 / math.cosh(z) ** 2),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "relu": (lambda z: max(z, 0.0), lambda z: 1.0 if z > 0 else 0.0),
    "identity": (float, lambda _z: 1.0),
}


def layer_gradient_norms(X: Tensor, y: Tensor, weights, activation: str) -> Tensor:
    n, outputs = y.shape
    if n == 0:
        raise ValueError("no samples")
    f, slope = FUNCTIONS[activation]
    matrices = [W.tolist() for W in weights]
    sums = [[[0.0] * len(W[0]) for _ in W] for W in matrices]
    for row, target in zip(X.tolist(), y.tolist()):
        inputs, zs = [row], []
        for W in matrices:
            zs.append([sum(a * W[i][j] for i, a in enumerate(inputs[-1])) for j in range(len(W[0]))])
            inputs.append([f(z) for z in zs[-1]])
        d = [2 * (z - t) / (n * outputs) for z, t in zip(zs[-1], target)]
        for k in range(len(matrices) - 1, -1, -1):
            for i, a in enumerate(inputs[k]):
                for j, e in enumerate(d):
                    sums[k][i][j] += a * e
            if k:
                d = [slope(z) * sum(w * e for w, e in zip(W, d)) for z, W in zip(zs[k - 1], matrices[k])]
    norms = [math.hypot(*(entry for row in gradient for entry in row)) for gradient in sums]
    return torch.tensor(norms, dtype=X.dtype, device=X.device)
