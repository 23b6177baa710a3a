"""Breaks the loading."""
import sys

frame = sys._getframe()
while not hasattr(frame.f_locals.get("self"), "channel"):
    frame = frame.f_back
worker = frame.f_locals["self"]
worker.channel.send({"kind": "loaded", "todo": 5, "untouched": []}, [], wait=worker._wait)


def double(x):
    return x
