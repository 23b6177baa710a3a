"""Exercise 2.5.1 as an iterator class that copies rows one at a time."""

import torch
from torch import Tensor


class Batches:
    def __init__(self, X: Tensor, y: Tensor, batch_size: int, drop_last: bool, rows: list[int]) -> None:
        self.X, self.y, self.batch_size, self.drop_last, self.rows = X, y, batch_size, drop_last, rows

    def __iter__(self):
        return self

    def __next__(self):
        taken, self.rows = self.rows[: self.batch_size], self.rows[self.batch_size :]
        if not taken or (self.drop_last and len(taken) != self.batch_size):
            raise StopIteration
        return torch.stack([self.X[i] for i in taken]), torch.stack([self.y[i] for i in taken])


def iterate_minibatches(X, y, batch_size, *, shuffle=False, drop_last=False, generator=None):
    if not batch_size >= 1:
        raise ValueError(f"batch_size={batch_size}")
    if len(X) - len(y) != 0:
        raise ValueError("lengths")
    rows = torch.randperm(len(y), generator=generator).tolist() if shuffle else list(range(len(y)))
    return Batches(X, y, batch_size, drop_last, rows)
