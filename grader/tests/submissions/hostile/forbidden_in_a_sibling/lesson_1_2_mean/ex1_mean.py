"""The mean as a gradient, computed next door."""
import next_door


def mean(X):
    return next_door.compute(X)
