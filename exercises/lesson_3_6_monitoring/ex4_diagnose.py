"""Exercise 3.6.4: name the state of a run from its two loss curves.

A few plain rules say most of what an experienced eye sees. No tensors here: the standard library is enough.
"""

import math
from collections.abc import Sequence
from typing import Literal


def diagnose(
    train: Sequence[float], val: Sequence[float]
) -> Literal["diverging", "undecided", "overfitting", "plateau", "improving"]:
    """Return the state of a run, given its training losses `train` and its validation losses `val`, one per epoch.

    Let n be the number of epochs and `best` the index of the smallest entry of `val` (the first one, if there are
    several). The rules are tried in this order; the first that holds gives the answer:

        "diverging"      any loss, in `train` or `val`, is NaN or infinite; or train[-1] > 2 · train[0]
        "undecided"      n < 10
        "overfitting"    all three hold: best lies at least 5 epochs before the last one (n - 1 - best ≥ 5),
                         val[-1] > 1.1 · val[best], and train[-1] < train[best]
        "plateau"        the mean of the five train values before the last five, minus the mean of the last five, is
                         less than 1 % of the former mean
        "improving"      none of these

    All comparisons are relative: curves multiplied by a positive number get the same answer. Raises ValueError if the
    curves are empty or differ in length.

    Example: train 1, 0.5 with val 1, 0.6 is "undecided"; ten times 0.5 in both is "plateau"; train 1, 0.5, 0.2, NaN with
    any val is "diverging".
    """
    # TODO: Test the rules in the given order, and return at the first that holds.
    raise NotImplementedError
