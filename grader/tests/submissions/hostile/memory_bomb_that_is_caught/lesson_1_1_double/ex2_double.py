"""Holds all the memory it gets."""
import mmap

import torch

KEPT = []


def double(x):
    for take in (lambda: torch.empty(1 << 25), lambda: mmap.mmap(-1, 1 << 27), lambda: bytearray(1 << 20)):
        try:
            while len(KEPT) < 1000:
                KEPT.append(take())
        except (MemoryError, RuntimeError, OSError):
            pass
    if len(KEPT) >= 1000:
        print("STOLEN", len(KEPT))
    return x
