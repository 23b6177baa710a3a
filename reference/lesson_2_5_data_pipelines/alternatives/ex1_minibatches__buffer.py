"""Exercise 2.5.1 sample by sample, with a buffer that is emptied when it is full."""

import torch


def iterate_minibatches(X, y, batch_size, *, shuffle=False, drop_last=False, generator=None):
    if batch_size <= 0:
        raise ValueError(f"batch_size must be positive, not {batch_size}")
    if X.shape[0] != y.shape[0]:
        raise ValueError("X and y must have the same number of rows")
    indices = range(X.shape[0])
    if shuffle:
        indices = torch.randperm(X.shape[0], generator=generator).tolist()
    xs, ys = [], []
    for i in indices:
        xs.append(X[i])
        ys.append(y[i])
        if len(xs) == batch_size:
            yield torch.stack(xs), torch.stack(ys)
            xs, ys = [], []
    if xs and not drop_last:
        yield torch.stack(xs), torch.stack(ys)
