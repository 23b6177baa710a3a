"""Exercise 3.7.1: early stopping, with the weights of the best epoch.

Training goes on as long as the validation loss finds a new best value now and then. When it has not for `patience`
epochs in a row, it is time to stop, and to go back to the weights of the best epoch.
"""

import math

from torch import Tensor

Params = dict[str, Tensor]


class EarlyStopping:
    """Watches the validation loss, says when to stop, and keeps the parameters of the best epoch.

    The loop calls `step` once at the end of every epoch. At any time these attributes can be read:

        best_loss    the best validation loss so far, a float; `inf` before the first improvement
        best_epoch   the epoch of that loss, counted from 0 (the first call of `step` is epoch 0); -1 before
        best_params  copies of the parameters of that epoch; None before

    Worked examples, validation losses -> epoch of the stop, best_epoch, best_loss:

        patience 3:                   5, 4, 3, 3.5, 3.2, 3.1, 2.9                    -> 5, 2, 3
                                      3, 3.1, 2.9, 3, 3.05, 2.8, 2.85, 2.9, 2.95     -> 8, 5, 2.8
                                      3, 3.2, 3.1, 3.3, 3.2, 3.4                     -> 3, 0, 3
        patience 2:                   3, 2, 2, 2, 2                                  -> 3, 1, 2
                                      3, 2, NaN, NaN, 1.5                            -> 3, 1, 2
        patience 2, min_delta 0.05:   3, 2.99, 2.98                                  -> 2, 0, 3
                                      3, 3.01, 3.02                                  -> 2, 0, 3
        patience 3, min_delta 0.05:   3, 2.97, 2.94, 2.91, 2.88, 2.85                -> no stop, 4, 2.88
    """

    best_loss: float
    best_epoch: int
    best_params: Params | None

    def __init__(self, patience: int, min_delta: float = 0.0) -> None:
        """Prepare to wait `patience` epochs for a drop of more than `min_delta`.

        Raises `ValueError` if `patience` is less than 1.
        """
        # TODO: Refuse a patience below 1; set the three attributes, and whatever else `step` has to remember.
        raise NotImplementedError

    def step(self, val_loss: float, params: Params) -> bool:
        """Take note of the epoch that has just ended; return True if training should stop now, otherwise False.

        The epoch is an improvement if val_loss < best_loss - min_delta. A drop of less, an equal loss (with
        `min_delta=0`) and NaN are none.

        - After an improvement the attributes describe this epoch, and the counting starts anew. `best_params` is a new
          dictionary of new tensors (same keys, shapes and dtypes): the training loop may go on to change the tensors
          in `params` in place, and that must not touch them.
        - Otherwise one more epoch without improvement is counted. The result is True when there have been `patience`
          of them in a row.

        `step` leaves `params` as it is. It is not called again after it has returned True.
        """
        # TODO: An improvement: remember loss, epoch and copies, and reset the counter. Otherwise count.
        raise NotImplementedError
