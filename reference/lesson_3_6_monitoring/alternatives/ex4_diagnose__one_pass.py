"""Exercise 3.6.4 in one pass over both curves."""

from collections.abc import Sequence


def diagnose(train: Sequence[float], val: Sequence[float]) -> str:
    if len(train) != len(val) or len(train) < 1:
        raise ValueError(f"{len(train)} and {len(val)} epochs")
    best, before, last = 0, 0.0, 0.0
    for epoch, (t, v) in enumerate(zip(train, val)):
        if t - t != 0 or v - v != 0:
            return "diverging"
        if v < val[best]:
            best = epoch
        age = len(train) - 1 - epoch
        if age < 5:
            last += t
        elif age < 10:
            before += t
    if not train[-1] <= 2 * train[0]:
        return "diverging"
    if len(train) < 10:
        return "undecided"
    if len(val) - best > 5 and val[-1] - val[best] > 0.1 * val[best] and train[-1] < train[best]:
        return "overfitting"
    return "plateau" if (before - last) / before < 0.01 else "improving"
