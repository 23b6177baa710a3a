"""Exercise 1.4.3: standardised features.

A feature in the thousands makes the bowl of the loss a narrow valley. Subtracting its mean and dividing by its standard
deviation makes it round again. Autograd, torch.nn, torch.optim and numpy are not allowed.
"""

import torch
from torch import Tensor


def fit_standardizer(X_train: Tensor) -> tuple[Tensor, Tensor]:
    """Return (mean, std), the mean and the standard deviation of every feature of the training data.

    `X_train` [N, D] holds one sample in each row. `mean` [D] and `std` [D] have its dtype and device. The standard
    deviation is that of the population: std^2 = (1 / N) * (sum of (x - mean)^2), with the divisor N and not N - 1. Where
    a feature is constant its std would be 0; 1 is returned instead, so that nobody divides by 0. (A single sample
    is a constant, too.) Raises ValueError if there are no samples (N = 0).

    Example: X_train = [[1, 10], [3, 20], [5, 30], [7, 40]] gives mean = [4, 25] and std = [sqrt(5), sqrt(125)], and
    X_train = [[2.5], [2.5], [2.5]] gives mean = [2.5] and std = [1]. The inputs of the 80 published training points have
    the mean 0.47245894777 and the std 0.30622494029.
    """
    # BEGIN SOLUTION Refuse empty data; take mean and population std over the samples; put 1 where the std is 0.
    if len(X_train) == 0:
        raise ValueError("the mean of no samples is not defined")
    # dim=0 runs over the samples: one number for each feature.
    mean = X_train.mean(dim=0)
    std = ((X_train - mean) ** 2).mean(dim=0).sqrt()
    std = torch.where(std == 0, torch.ones_like(std), std)
    return mean, std
    # END SOLUTION


def standardize(X: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """Return the data with every feature shifted by its `mean` and divided by its `std`.

    `X` [N, D] are any data: the training data themselves, or validation data that are to be seen in the same units. The
    given `mean` [D] and `std` [D] are used as they are; no statistics of `X` are taken. The result is a new tensor [N, D]
    with the dtype and the device of `X`; [0, D] where there are no samples.

    Example: X = [[6, 11]], mean = [4, 10] and std = [2, 1] give [[1, 1]].
    """
    # BEGIN SOLUTION Subtract the given mean, then divide by the given std; both belong to the columns of X.
    return (X - mean) / std
    # END SOLUTION
