"""Sample by sample and unit by unit, with Python numbers."""

import math

FUNCTIONS = {
    "relu": lambda z: max(z, 0.0),
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "identity": float,
}


def mlp_forward(X, W1, b1, W2, b2, activation):
    if activation not in FUNCTIONS:
        raise ValueError(activation)
    f = FUNCTIONS[activation]
    first, second = W1.T.tolist(), W2.T.tolist()
    result = X.new_zeros(X.shape[0], W2.shape[1])
    for n, row in enumerate(X.tolist()):
        hidden = [
            f(sum(x * w for x, w in zip(row, column)) + bias) for column, bias in zip(first, b1.tolist(), strict=True)
        ]
        for o, (column, bias) in enumerate(zip(second, b2.tolist())):
            result[n, o] = bias + sum(h * w for h, w in zip(hidden, column))
    return result


def linear_augmented(Wb, X):
    W, b = Wb[:, :-1], Wb[:, -1]
    result = Wb.new_empty(len(Wb), X.shape[1])
    for o in range(len(Wb)):
        for n in range(X.shape[1]):
            result[o, n] = (W[o] * X[:, n]).sum() + b[o]
    return result.detach()
