"""JSON that is too deep."""
import os
import struct


def double(x):
    text = b"[" * 100_000
    for descriptor in range(1000):
        try:
            os.write(descriptor, struct.pack(">IQ", len(text), 0) + text)
        except OSError:
            pass
    return x
