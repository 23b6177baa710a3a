"""Exercise 3.8.3 from all pairs of points: the slope is the mean of their slopes, weighted by the square of their distance."""

import itertools
import math


def fit_power_law(sizes, losses):
    points = list(zip([float(s) for s in sizes], [float(v) for v in losses], strict=True))
    if len(points) < 2:
        raise ValueError("too few")
    points = [(math.log(s), math.log(v)) for s, v in points]
    numerator = sum((p[0] - q[0]) * (p[1] - q[1]) for p, q in itertools.combinations(points, 2))
    denominator = sum((p[0] - q[0]) ** 2 for p, q in itertools.combinations(points, 2))
    alpha = -numerator / denominator
    log_a = sum(y + alpha * x for x, y in points) / len(points)
    return math.exp(log_a), alpha


def predict_loss(a, alpha, size):
    return a / size**alpha
