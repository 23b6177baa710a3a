"""Exercise 1.2.1: the mean of each column."""

from torch import Tensor


def mean(X: Tensor) -> Tensor:
    """Return the mean of each column of `X [N, D]` as a tensor `[D]` with the dtype of `X`.

    The mean of a column is the sum of its entries divided by N. Without rows there is no mean: N = 0
    raises `ValueError`. Example: the rows (1, 2) and (3, 6) give (2, 4).
    """
    # TODO: Add up the rows and divide by their number, after looking whether there are any.
    raise NotImplementedError
