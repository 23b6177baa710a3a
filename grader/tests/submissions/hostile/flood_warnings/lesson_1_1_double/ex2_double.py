"""Warns and warns."""
import warnings

warnings.simplefilter("always")


def double(x):
    for number in range(20_000):
        warnings.warn("w" * 1000 + str(number))
    return x
