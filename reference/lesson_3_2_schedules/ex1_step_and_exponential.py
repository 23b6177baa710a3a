"""Exercise 3.2.1: two schedules that multiply the learning rate by a constant factor.

A schedule is a function of the epoch and of nothing else. No tensors here: the standard library is enough.
"""


def step_lr(epoch: int, base_lr: float, step_size: int, gamma: float) -> float:
    """Return the learning rate of an epoch, if it is multiplied by `gamma` after every `step_size` epochs.

    Epochs count from 0. The rate is `base_lr` for epochs 0 … step_size - 1, base_lr · gamma for the next `step_size`
    epochs, and so on, constant inside each stage:

        rate = base_lr · gamma ** (epoch // step_size)

    Raises ValueError if `step_size` is less than 1.

    Example: base_lr = 0.1, step_size = 10, gamma = 0.5; epochs 0, 9, 10, 19, 20, 35 have the rates
    0.1, 0.1, 0.05, 0.05, 0.025, 0.0125.
    """
    # BEGIN SOLUTION Refuse a bad step_size; count the finished stages; one factor gamma for each.
    if step_size < 1:
        raise ValueError("step_size must be at least 1")
    finished_stages = epoch // step_size
    return base_lr * gamma**finished_stages
    # END SOLUTION


def exponential_lr(epoch: int, base_lr: float, gamma: float) -> float:
    """Return the learning rate of an epoch, if it is multiplied by `gamma` after every epoch.

    Epoch 0 has the rate `base_lr`, and rate = base_lr · gamma ** epoch.

    Example: base_lr = 0.1, gamma = 0.9; epochs 0, 1, 2, 10 have the rates 0.1, 0.09, 0.081, 0.0348678440.
    """
    # BEGIN SOLUTION One factor gamma for each finished epoch.
    return base_lr * gamma**epoch
    # END SOLUTION
