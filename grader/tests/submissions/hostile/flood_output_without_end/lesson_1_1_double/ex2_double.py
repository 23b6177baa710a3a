"""Prints without an end."""


def double(x):
    while True:
        print("x" * 100_000)
