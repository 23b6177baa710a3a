"""Exercise 2.5.1 without a generator function: everything is checked and drawn at the call, the batches are views."""

import torch


def iterate_minibatches(X, y, batch_size, *, shuffle=False, drop_last=False, generator=None):
    if batch_size <= 0 or X.shape[0] != y.shape[0]:
        raise ValueError("bad arguments")
    if shuffle:
        order = torch.randperm(X.shape[0], generator=generator)
        X, y = X[order], y[order]
    batches = zip(X.split(batch_size), y.split(batch_size))
    # `split` makes one empty piece of an empty tensor.
    smallest = batch_size if drop_last else 1
    return filter(lambda pair: len(pair[0]) >= smallest, batches)
