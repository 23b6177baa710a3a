"""Hangs when its result is dropped."""
import time


class Slow:
    def __del__(self):
        time.sleep(1000)


def double(x):
    Slow()
    return x
