"""An error far, far away."""


def double(x):
    raise SyntaxError("here", (__file__, 10**40, 0, "x"))
