"""Exercise 2.5.1: an iterator over mini-batches, by hand.

A training loop asks for one batch after the other and never needs them all at once: a generator function hands them out
with `yield`.
"""

from collections.abc import Iterator

import torch
from torch import Tensor


def iterate_minibatches(
    X: Tensor,
    y: Tensor,
    batch_size: int,
    *,
    shuffle: bool = False,
    drop_last: bool = False,
    generator: torch.Generator | None = None,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the batches `(X_batch, y_batch)` of one epoch, one by one.

    `X` and `y` have N rows each, any further shape and any dtype; row i of `X` belongs to row i of `y`. Every batch holds
    `batch_size` rows. The last one may have fewer, and is yielded as well, unless `drop_last` is true. A `batch_size`
    above N gives one batch of N (which `drop_last` drops); N = 0 gives no batch.

    Order: without `shuffle` the rows keep their order. With it, draw `torch.randperm(N, generator=generator)` once when
    the iteration starts, and cut the batches from this permutation: batch k holds the rows that stand at its places
    k·batch_size, k·batch_size + 1, … in that order. `generator=None` means PyTorch's global generator, as it does for
    `torch.randperm`. Nothing else is drawn. The draw is made on the CPU; the batches lie on the devices of X and y.

    `X` and `y` stay unchanged. A batch may be a view of them or a copy.

    Raises `ValueError` if `batch_size` is less than 1 or if X and y differ in length, at the call or when the first
    batch is asked for.

    Worked example: X = (0, 1, …, 9) as a column, batch_size = 4. In order the rows come as (0, 1, 2, 3), (4, 5, 6, 7),
    (8, 9), with drop_last without the (8, 9). A generator with seed 0 draws the permutation 4 1 7 5 3 9 0 8 6 2; with
    shuffle the rows come as (4, 1, 7, 5), (3, 9, 0, 8), (6, 2).
    """
    # TODO: Refuse bad arguments, choose the order of the rows, and yield one slice of the order after the other.
    raise NotImplementedError
