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
    # BEGIN SOLUTION Divide with a remainder; the first workers take one more, until the remainder is used up.
    if num_workers < 1:
        raise ValueError("At least one worker is needed.")
    size, remainder = divmod(len(X), num_workers)
    shards = []
    start = 0
    for worker in range(num_workers):
        stop = start + size + (1 if worker < remainder else 0)
        shards.append((X[start:stop], y[start:stop]))
        start = stop
    return shards
    # END SOLUTION


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
    # BEGIN SOLUTION Ask grad_fn for the gradients of every part that is not empty, and add them up with their weights.
    if len(X) == 0:
        raise ValueError("There are no samples to share among the workers.")
    total = None
    for X_k, y_k in shard(X, y, num_workers):
        if len(X_k) == 0:
            continue
        share = len(X_k) / len(X)
        weighted = [share * grad.detach() for grad in grad_fn(X_k, y_k)]
        total = weighted if total is None else [so_far + more for so_far, more in zip(total, weighted)]
    return tuple(total)
    # END SOLUTION
