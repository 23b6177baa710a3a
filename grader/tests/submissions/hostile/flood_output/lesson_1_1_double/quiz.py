"""Prints very much."""
import os

ANSWERS = {"q1": "c", "q2": "c"}
block = b"x" * (1 << 20)
for _ in range(500):
    os.write(1, block)
    os.write(2, b"y" * 1000)
