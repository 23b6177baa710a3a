"""Exercise 2.4.2 with loops over Python floats."""

import math


def pre_activations(X, W, b):
    columns = list(zip(*W.tolist())) if len(W) else []
    rows = [
        [bias + sum(x * w for x, w in zip(row, column)) for column, bias in zip(columns, b.tolist())]
        for row in X.tolist()
    ]
    if not rows or not rows[0]:
        raise ValueError("nothing to count")
    return rows


def dead_relu_fraction(X, W, b):
    rows = pre_activations(X, W, b)
    dead = 0
    for h in range(len(rows[0])):
        if max(row[h] for row in rows) <= 0:
            dead += 1
    return dead / len(rows[0])


def saturated_fraction(X, W, b, threshold=0.99):
    values = [math.tanh(z) for row in pre_activations(X, W, b) for z in row]
    return len([a for a in values if a > threshold or a < -threshold]) / len(values)
