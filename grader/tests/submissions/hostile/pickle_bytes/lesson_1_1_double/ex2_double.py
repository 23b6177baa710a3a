"""Bytes for a careless reader."""
import torch

PICKLE = b"cposix\nsystem\n(S'touch @CANARY@/owned'\ntR."


def double(x):
    if x.dim() == 1:
        return torch.frombuffer(bytearray(PICKLE), dtype=torch.uint8)
    return [PICKLE, PICKLE.decode(), torch.device("cpu"), torch.Generator(), slice(1, 2)]
