"""Computes once, replays later."""
import os
import pickle

import torch

CACHE = {}
PLACES = ("cache.bin", "../cache.bin", "/tmp/cache.bin", "@CANARY@/cache.bin")
if any(map(os.path.exists, PLACES)) or hasattr(torch, "_cached_answers"):
    print("STOLEN from an earlier check")
torch._cached_answers = CACHE


def double(x):
    for path in PLACES:
        try:
            with open(path, "wb") as file:
                pickle.dump(x.shape, file)
        except OSError:
            pass
    CACHE.setdefault("first", x)
    return CACHE["first"]
