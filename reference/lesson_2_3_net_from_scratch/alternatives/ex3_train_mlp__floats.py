"""Exercise 2.3.3 with Python floats: sample by sample, added up over the epoch."""

import math

import torch
from torch import Tensor

Params = dict[str, Tensor]


def update(params: Params, grads: Params, lr: float) -> Params:
    return {name: torch.add(params[name].detach(), grads[name].detach(), alpha=-lr) for name in params}


def train_mlp(X: Tensor, y: Tensor, params: Params, lr: float, epochs: int) -> tuple[Params, list[float]]:
    W1, b1, W2, b2 = (params[name].tolist() for name in ("W1", "b1", "W2", "b2"))
    inputs, hidden, outputs = range(len(W1)), range(len(b1)), range(len(b2))
    samples = list(zip(X.tolist(), y.tolist()))
    losses = []
    for _ in range(epochs if samples else 0):
        total = 0.0
        dW1, db1 = [[0.0 for _ in hidden] for _ in inputs], [0.0 for _ in hidden]
        dW2, db2 = [[0.0 for _ in outputs] for _ in hidden], [0.0 for _ in outputs]
        for x, target in samples:
            h = [math.tanh(sum(x[i] * W1[i][j] for i in inputs) + b1[j]) for j in hidden]
            error = [sum(h[j] * W2[j][k] for j in hidden) + b2[k] - target[k] for k in outputs]
            total += sum(e * e for e in error)
            dz = [(1 - h[j] ** 2) * sum(error[k] * W2[j][k] for k in outputs) for j in hidden]
            for j in hidden:
                db1[j] += dz[j]
                for i in inputs:
                    dW1[i][j] += x[i] * dz[j]
                for k in outputs:
                    dW2[j][k] += h[j] * error[k]
            for k in outputs:
                db2[k] += error[k]
        losses.append(total / (len(samples) * len(b2)))
        rate = 2 * lr / (len(samples) * len(b2))
        for j in hidden:
            b1[j] -= rate * db1[j]
            for i in inputs:
                W1[i][j] -= rate * dW1[i][j]
            for k in outputs:
                W2[j][k] -= rate * dW2[j][k]
        for k in outputs:
            b2[k] -= rate * db2[k]
    values = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    return {
        name: torch.tensor(value, dtype=params[name].dtype, device=params[name].device)
        for name, value in values.items()
    }, losses
