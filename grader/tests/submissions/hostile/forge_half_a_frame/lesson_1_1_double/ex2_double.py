"""Never finishes its sentence."""
import os
import struct
import time


def double(x):
    for descriptor in range(1000):
        try:
            os.write(descriptor, struct.pack(">IQ", 100, 0) + b"{")
        except OSError:
            pass
    time.sleep(1000)
