"""Exercise 2.5.1 with a counted loop over views of one shuffled copy, which is filled in place."""

import torch


def iterate_minibatches(X, y, batch_size, *, shuffle=False, drop_last=False, generator=None):
    n, m = X.size(0), y.size(0)
    if n != m:
        raise ValueError("unequal lengths")
    if batch_size < 1:
        raise ValueError("batch size")
    if shuffle:
        order = torch.randperm(n, generator=generator)
        inputs = torch.empty(X.shape, dtype=X.dtype, device=X.device)
        targets = torch.zeros_like(y)
        with torch.no_grad():
            for place, row in enumerate(order):
                inputs[place] = X[row]
                targets[place] = y[row]
    else:
        inputs, targets = X, y
    full, rest = divmod(n, batch_size)
    for k in range(full):
        yield inputs.narrow(0, k * batch_size, batch_size), targets.narrow(0, k * batch_size, batch_size)
    if rest and not drop_last:
        yield inputs[-rest:], targets[-rest:]
