"""Exercise 2.6.4: read a pair of learning curves.

The training loss says what the model remembers, the validation loss what it has understood. No tensors here: lists of
Python floats and the standard library are enough, and neither torch nor numpy is allowed.
"""


def overfit_report(train: list[float], val: list[float]) -> dict[str, float | int | bool]:
    """Return what two curves say, as a dictionary with the keys "best_epoch", "gap" and "overfit".

    `train[e]` and `val[e]` are the training and the validation loss of epoch e, counted from 0.

    "best_epoch": the epoch with the smallest validation loss, an `int`; the first one if there are several.
    "gap": the last validation loss minus the last training loss, a `float`; it may be negative.
    "overfit": a `bool`, true if since the best epoch the validation loss has risen *and* the training loss has fallen:
    the last validation loss is larger than val[best_epoch], and the last training loss is smaller than train[best_epoch].

    The lists stay unchanged. Raises `ValueError` if they are empty or differ in length.

    Worked example: train = 1, 0.5, 0.2, 0.1, 0.05 and val = 1.1, 0.7, 0.5, 0.6, 0.8 give best_epoch 2, gap 0.75 and
    overfit True.
    """
    # BEGIN SOLUTION Refuse bad lists; find the first smallest validation loss; compare the ends with that epoch.
    if len(train) != len(val) or not val:
        raise ValueError("the curves must have the same length, at least 1")
    best = val.index(min(val))  # index finds the first one
    has_risen = val[-1] > val[best]
    has_fallen = train[-1] < train[best]
    return {"best_epoch": best, "gap": val[-1] - train[-1], "overfit": has_risen and has_fallen}
    # END SOLUTION
