"""Exercise 3.6.4 with the statistics module, index, and one return at the end."""

import math
import statistics


def diagnose(train, val):
    train, val = list(train), list(val)
    if len(train) != len(val) or not train:
        raise ValueError("curves")
    bad = [x for x in train + val if math.isnan(x) or math.isinf(x)]
    if bad or train[-1] / train[0] > 2:
        state = "diverging"
    elif len(train) <= 9:
        state = "undecided"
    else:
        best = val.index(min(val))
        waited = len(val) - (best + 1)
        old, new = statistics.fmean(train[-10:-5]), statistics.fmean(train[-5:])
        if waited > 4 and val[-1] / val[best] > 1.1 and train[best] > train[-1]:
            state = "overfitting"
        elif new > 0.99 * old:
            state = "plateau"
        else:
            state = "improving"
    return state
