"""Exercise 1.3.1: how many updates an epoch has, and where each batch begins and ends.

An epoch visits every sample once. Cut into batches of `batch_size`, it makes one update per batch; the last batch may
be shorter than the others. No tensors here: plain Python integers and the standard library are enough.
"""


def updates_per_epoch(n_samples: int, batch_size: int, drop_last: bool = False) -> int:
    """Return the number of updates in one epoch over `n_samples` samples, as an `int`.

    A shorter last batch is an update too, unless `drop_last` is true: then only full batches count. No samples, no
    updates. A `batch_size` larger than `n_samples` gives one batch of all the samples (which `drop_last` drops).

    Raises `ValueError` if `batch_size` is less than 1.

    Worked example (n_samples, batch_size -> updates):
        80, 80 -> 1      80, 16 -> 5      80, 1 -> 80
        10, 4 -> 3, with drop_last 2      3, 8 -> 1, with drop_last 0      0, 4 -> 0
    """
    # TODO: Refuse a batch size below 1, then divide: round up, or down if the short batch is dropped.
    raise NotImplementedError


def batch_bounds(n_samples: int, batch_size: int, drop_last: bool = False) -> list[tuple[int, int]]:
    """Return the pair `(start, stop)` of every batch of one epoch, in order; `stop` is exclusive, as in X[start:stop].

    The batches follow each other without gap or overlap and begin at 0. All have `batch_size` samples except perhaps
    the last, which ends at `n_samples`; with `drop_last` a short last batch is left out. No samples: an empty list.

    Raises `ValueError` if `batch_size` is less than 1.

    Worked example:
        batch_bounds(10, 4) == [(0, 4), (4, 8), (8, 10)]
        batch_bounds(10, 4, drop_last=True) == [(0, 4), (4, 8)]
    """
    # TODO: Walk through the starts in steps of batch_size; the stop of the last batch needs care.
    raise NotImplementedError
