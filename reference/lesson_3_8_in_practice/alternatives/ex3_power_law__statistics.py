"""Exercise 3.8.3 with Python's own regression, on logarithms to base 10."""

import math
import statistics


def fit_power_law(sizes, losses):
    n, loss = sizes.tolist(), losses.tolist()
    if len(n) != len(loss) or len(n) < 2:
        raise ValueError("at least two pairs")
    if min(n + loss) <= 0:
        raise ValueError("positive numbers")
    slope, intercept = statistics.linear_regression(list(map(math.log10, n)), list(map(math.log10, loss)))
    return 10**intercept, -slope


def predict_loss(a, alpha, size):
    return 10 ** (math.log10(a) - alpha * math.log10(size))
