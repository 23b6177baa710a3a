"""Exercise 3.7.3 with Python floats, one row after the other."""

from math import sqrt

import torch


def layernorm_backward(grad_out, x, gamma, eps=1e-5):
    d = len(gamma)
    weights = gamma.tolist()
    grad_x, grad_gamma, grad_beta = [], [0.0] * d, [0.0] * d
    for row, grads in zip(x.tolist(), grad_out.tolist()):
        mean = sum(row) / d
        s = sqrt(sum((v - mean) ** 2 for v in row) / d + eps)
        normal = [(v - mean) / s for v in row]
        q = [g * w for g, w in zip(grads, weights)]
        mean_q = sum(q) / d
        mean_qx = sum(a * b for a, b in zip(q, normal)) / d
        grad_x.append([(a - mean_q - b * mean_qx) / s for a, b in zip(q, normal)])
        for j in range(d):
            grad_gamma[j] += grads[j] * normal[j]
            grad_beta[j] += grads[j]

    def tensor(values, *shape):
        return torch.tensor(values, dtype=x.dtype, device=x.device).reshape(*shape)

    return tensor(grad_x, len(x), d), tensor(grad_gamma, d), tensor(grad_beta, d)
