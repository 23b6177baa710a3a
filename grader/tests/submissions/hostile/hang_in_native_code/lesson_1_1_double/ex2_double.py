"""One call that never ends."""
import torch


def double(x):
    big = torch.ones(8000, 8000)
    while True:
        big = big @ big
