"""Pulls the memory away."""


def double(x):
    x.untyped_storage().resize_(0)
    x.set_()
    return x
