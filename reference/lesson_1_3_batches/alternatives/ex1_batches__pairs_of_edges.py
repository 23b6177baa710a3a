"""The edges of the batches first, then each with its neighbour."""

from itertools import pairwise


def _check(batch_size):
    if batch_size <= 0:
        raise ValueError("no")


def updates_per_epoch(n_samples, batch_size, drop_last=False):
    _check(batch_size)
    full, rest = divmod(n_samples, batch_size)
    return full + int(rest > 0 and not drop_last)


def batch_bounds(n_samples, batch_size, drop_last=False):
    _check(batch_size)
    edges = list(range(0, n_samples + 1, batch_size))
    if edges[-1] != n_samples and not drop_last:
        edges.append(n_samples)
    return list(pairwise(edges))
