"""Uses up all descriptors."""
import os

KEPT = []


def double(x):
    try:
        while True:
            KEPT.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        pass
    if len(KEPT) > 100:
        print("STOLEN", len(KEPT))
    return x
