"""Claims to send very much."""
import os
import struct


def double(x):
    for descriptor in range(1000):
        try:
            os.write(descriptor, struct.pack(">IQ", 2**32 - 1, 2**63))
        except OSError:
            pass
    return x
