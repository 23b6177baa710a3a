"""Takes all memory."""
import torch


def double(x):
    kept = []
    while True:
        kept.append(torch.empty(1 << 27))
        kept.append(bytearray(1 << 20))
