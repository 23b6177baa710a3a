import copy

import torch


def parameter_counts(D: int, H: int, O: int) -> tuple[int, int]:
    return (D + 1) * O, (D + 1) * H + (H + 1) * O


def compare(X, y, params, lr, epochs):
    if X.size(0) == 0:
        raise ValueError("no samples")
    A = torch.cat((X, torch.ones_like(X[:, :1])), 1)
    Q, R = torch.linalg.qr(A)
    line = (y - Q @ (Q.T @ y)).square().mean().item()
    start = copy.deepcopy(params)
    names = ["W1", "b1", "W2", "b2"]

    def predict(t):
        return torch.tanh(X @ t[0] + t[1]) @ t[2] + t[3]

    theta = [start[n] for n in names]
    f = torch.func.grad(lambda t: (predict(t) - y).square().mean())
    for _ in range(epochs):
        theta = [a - lr * g for a, g in zip(theta, f(theta))]
    return line, (predict(theta) - y).square().mean().item()
