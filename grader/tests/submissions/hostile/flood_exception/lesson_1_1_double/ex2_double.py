"""Says too much."""


def deeper(depth):
    if depth:
        deeper(depth - 1)
    raise ValueError("v" * 100_000_000)


def double(x):
    deeper(500)
