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
    value = {"kind": "answer", "value": ["list", []], "facts": [FACT], "aliases": [[], {}], "counts": {"x": "1"}}
    worker.channel.send(value, [], wait=worker._wait)
    return x
