"""Tensors that cannot be."""
import sys

SHAPES = [[-1], [2**62], [3, 2**40], [1] * 5000, ["3"], [3.0], 3, None, [0, 2**62], [True]]
DTYPES = ["float64", "object", "float128", "__class__", "load", 5, None]


def child():
    frame = sys._getframe()
    while not hasattr(frame.f_locals.get("self"), "channel"):
        frame = frame.f_back
    return frame.f_locals["self"]


def double(x):
    worker = child()
    number = int(x.abs().sum() * 1000) if x.numel() else 0
    shape, dtype = SHAPES[number % len(SHAPES)], DTYPES[number % len(DTYPES)]
    value = ["tensor", dtype, shape, 0]
    while True:
        worker.channel.send({"kind": "answer", "value": value}, [bytes(24)], wait=worker._wait)
        worker.channel.receive(wait=worker._wait)
