"""Exercise 3.5.1: the gradient of many workers.

Each worker has a part of the batch and finds the gradient of its own mean loss. Combined with the right weights, these
are the gradient of the whole batch.
"""

from collections.abc import Callable

from torch import Tensor


def shard(X: Tensor, y: Tensor, num_workers: int) -> list[tuple[Tensor, Tensor]]:
    """Return `num_workers` pairs `(X_k, y_k)`: consecutive rows of `X` [N, …] and `y` [N, …], all of them, in order.

    The sizes of the parts differ by at most 1, and the larger ones come first. With more workers than samples the last
    parts are empty ([0, …]); there are exactly `num_workers` of them in every case. Views and copies are both right.

    Raises ValueError if `num_workers` is less than 1.

    Example: 10 samples and 3 workers give parts of 4, 3 and 3 samples; 2 samples and 3 workers give 1, 1 and 0.
    """
    # TODO: Divide with a remainder; the first workers take one more, until the remainder is used up.
    raise NotImplementedError


def data_parallel_gradients(
    X: Tensor,
    y: Tensor,
    grad_fn: Callable[[Tensor, Tensor], tuple[Tensor, ...]],
    num_workers: int,
) -> tuple[Tensor, ...]:
    """Return the gradient of the mean loss over all N samples, computed part by part.

    `grad_fn(X_k, y_k)` returns a tuple of gradients of the **mean** loss over the samples it is given. Call it once for
    every part of `shard(X, y, num_workers)` that is not empty (a mean over nothing is not defined), and combine the
    answers, position by position in the tuple, with the weights

        n_k / N        n_k samples in part k, N in all

    The result is a tuple of tensors of the same shapes, equal to grad_fn(X, y) for any number of workers. The arguments
    stay as they are, and the result carries no graph.

    Raises ValueError if N = 0 or if `num_workers` is less than 1.

    Example: parts of 4, 3 and 3 samples with the gradients 1, 2 and 4 give 0.4 · 1 + 0.3 · 2 + 0.3 · 4 = 2.2.
    """
    # TODO: Ask grad_fn for the gradients of every part that is not empty, and add them up with their weights.
    raise NotImplementedError
