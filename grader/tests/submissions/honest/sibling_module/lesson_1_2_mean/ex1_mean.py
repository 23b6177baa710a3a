"""Uses a module next to it."""

from pathlib import Path

import my_sums
from torch import Tensor


def mean(X: Tensor) -> Tensor:
    """Return the mean of each column."""
    assert "column_sums" in (Path(my_sums.__file__)).read_text(encoding="utf-8")
    if len(X) == 0:
        raise ValueError("no rows")
    return my_sums.column_sums(X) / len(X)
