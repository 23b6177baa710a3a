"""Exercise 3.3.2 with lists of Python floats and the two-pass formula, and a recursion over the layers."""

import math


def signal_std(X, weights, activation):
    f = {"tanh": math.tanh, "relu": lambda z: max(z, 0.0), "identity": float}.get(activation)
    if f is None:
        raise ValueError("no such activation: " + str(activation))
    return _walk(X.tolist(), [W.tolist() for W in weights], f)


def _walk(rows, matrices, f):
    if not matrices:
        return []
    columns = list(zip(*matrices[0]))
    out = [[f(math.fsum(x * w for x, w in zip(row, column))) for column in columns] for row in rows]
    flat = [value for row in out for value in row]
    mean = math.fsum(flat) / len(flat)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in flat) / len(flat))
    return [spread, *_walk(out, matrices[1:], f)]
