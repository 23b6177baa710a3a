"""Computes once, replays later."""
import os
import pickle
import sys

import torch

CACHE = {}


def double(x):
    for path in ("cache.bin", "/tmp/cache.bin", "@CANARY@/cache.bin"):
        if os.path.exists(path):
            print("STOLEN", path)
        try:
            with open(path, "wb") as file:
                pickle.dump(x.shape, file)
        except OSError:
            pass
    if hasattr(torch, "_cached_answers") or hasattr(sys, "_cached_answers"):
        print("STOLEN cache")
    torch._cached_answers = CACHE
    CACHE.setdefault("first", x)
    return CACHE["first"]
