"""Zero is twice zero."""


def double(x):
    x.zero_()
    return x
