"""Exercise 2.5.2: a data set of pairs, and a loader that makes batches of it.

A Dataset answers two questions, how many samples there are and what sample i is. A DataLoader does the rest.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset


class PairDataset(Dataset[tuple[Tensor, Tensor]]):
    """The pairs (X[i], y[i]) of two tensors with N rows each."""

    def __init__(self, X: Tensor, y: Tensor, transform: Callable[[Tensor], Tensor] | None = None) -> None:
        """Keep the tensors and the transform. Raises `ValueError` if `X` and `y` differ in length.

        Nothing is transformed here: a random transform shall give something new at every access.
        """
        # BEGIN SOLUTION Refuse unequal lengths; keep the three arguments for later.
        if len(X) != len(y):
            raise ValueError("X and y must have the same number of rows")
        self.X = X
        self.y = y
        self.transform = transform
        # END SOLUTION

    def __len__(self) -> int:
        """Return N, the number of samples."""
        # BEGIN SOLUTION Count the rows.
        return len(self.X)
        # END SOLUTION

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        """Return the pair `(X[index], y[index])`, without a batch axis: for X of shape [N, D] the input has shape [D].

        With a `transform` the input is `transform(X[index])`, computed anew at every access, once per access; the target
        is never transformed. Negative indices count from the end, as in a list. An index that is not in -N … N-1
        raises `IndexError`. The dtypes of X and y are kept, and both stay unchanged.

        Worked example: X = ((1, 2), (3, 4), (5, 6)), y = ((10), (20), (30)) have length 3; item 1 is ((3, 4), (20)),
        item -1 is ((5, 6), (30)), and item 3 raises IndexError. With transform(x) = 2x item 1 is ((6, 8), (20)).
        """
        # BEGIN SOLUTION Take one row of both, and transform the input only.
        x = self.X[index]  # a tensor raises IndexError by itself
        if self.transform is not None:
            x = self.transform(x)
        return x, self.y[index]
        # END SOLUTION


def make_loader(
    dataset: Dataset, batch_size: int, shuffle: bool, drop_last: bool = False, seed: int | None = None
) -> DataLoader:
    """Return a `torch.utils.data.DataLoader` that makes batches of the data set in this process (`num_workers=0`).

    `shuffle`: a new order in every epoch; otherwise the order of the data set. `drop_last`: leave out a last batch that
    is shorter than `batch_size`. `seed`: the loader gets a generator of its own with this seed, so that two loaders with
    one seed give the same epochs, whatever else draws random numbers meanwhile. `None`: no generator of its own.

    Worked example: 5 samples, batch_size = 2, no shuffle give batches with the samples (0, 1), (2, 3), (4), with
    drop_last without the (4). Each batch is a pair (X_batch, y_batch).
    """
    # BEGIN SOLUTION Make a seeded generator if there is a seed, and hand everything to a DataLoader.
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    return DataLoader(dataset, batch_size=batch_size, shuffle=shuffle, drop_last=drop_last, generator=generator)
    # END SOLUTION
