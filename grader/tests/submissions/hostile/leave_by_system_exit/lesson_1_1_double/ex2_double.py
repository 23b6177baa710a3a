"""Leaves early and hopes for exit functions."""
import atexit
import sys


def at_end():
    print("STOLEN")
    open("@CANARY@/owned", "w").close()


atexit.register(at_end)


def double(x):
    sys.exit(0)
