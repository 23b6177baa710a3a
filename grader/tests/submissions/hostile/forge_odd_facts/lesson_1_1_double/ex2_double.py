"""Paths that cannot be looked up."""
import sys

FACT = {"path": [[]], "dtype": {}, "device": 5, "requires_grad": [], "type": {}}


def child():
    frame = sys._getframe()
    while not hasattr(frame.f_locals.get("self"), "channel"):
        frame = frame.f_back
    return frame.f_locals["self"]


def double(x):
    worker = child()
    value = {"kind": "answer", "value": ["tensor", "float64", [0], 0], "facts": [FACT], "aliases": [[], {}]}
    while True:
        worker.channel.send(value, [b""], wait=worker._wait)
        worker.channel.receive(wait=worker._wait)
