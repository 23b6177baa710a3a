"""Asks for a number."""
import os
import sys


def double(x):
    try:
        print(input("number? "))
    except EOFError:
        print("nobody answers")
    if os.read(0, 10):
        print("STOLEN")
    os.close(0)
    return x
