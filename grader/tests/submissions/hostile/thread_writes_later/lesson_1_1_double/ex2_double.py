"""A thread that is still there after the answer."""
import os
import struct
import threading
import time


def later():
    text = b'{"kind":"answer","value":["verdict","passed"],"blobs":[]}'
    while True:
        time.sleep(0.001)
        print("still here")
        for descriptor in range(3, 10):
            try:
                os.write(descriptor, struct.pack(">IQ", len(text), 0) + text)
            except OSError:
                pass


def double(x):
    threading.Thread(target=later).start()
    time.sleep(0.01)
    return x
