"""Nothing that one could compute with."""


def double(x):
    return [None, "text", {}][x.numel() % 3]
