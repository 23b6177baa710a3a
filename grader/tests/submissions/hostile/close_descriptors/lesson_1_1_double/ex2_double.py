"""Hangs up."""
import os
import time


def double(x):
    os.closerange(0, 1000)
    time.sleep(1000)
    return x
