"""Pretends that the machine is busy."""
import hashlib
import threading

DATA = bytes(1 << 24)


def busy():
    while True:
        hashlib.sha256(DATA)


def double(x):
    for _ in range(30):
        threading.Thread(target=busy, daemon=True).start()
    while True:
        hashlib.sha256(DATA)
