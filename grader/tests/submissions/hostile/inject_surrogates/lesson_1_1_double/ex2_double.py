"""Half a character."""
import warnings


def double(x):
    warnings.warn("half \udc80 a character")
    print("half \ud800 a character")
    raise ValueError("half \ud800 a character")
