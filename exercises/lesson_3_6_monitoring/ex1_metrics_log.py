"""Exercise 3.6.1: three numbers worth logging.

How often the model is right, how large the gradient is, and a loss curve without its noise.
"""

from collections.abc import Sequence

from torch import Tensor


def accuracy(logits: Tensor, targets: Tensor) -> float:
    """Return the share of rows of `logits` [N, K] whose largest entry stands at the index given by `targets` [N].

    `targets` holds int64 class numbers. If several entries of a row are equally large, the first of them counts. The
    result is a Python float between 0 and 1; with N = 0 it is 0.0.

    Example: logits = [[2, 1, 0], [0, 1, 5], [3, 3, 1]] and targets = [0, 1, 0] give 2/3.
    """
    # TODO: Find the largest entry of each row and compare it with the target; return the share of hits.
    raise NotImplementedError


def global_grad_norm(grads: Sequence[Tensor | None]) -> float:
    """Return the norm of all gradients together: the root of the sum of the squares of all their entries.

    `grads` holds tensors of any shapes, as one gets them from [p.grad for p in model.parameters()]. Entries that are
    None (parameters without a gradient) are skipped; if there are no others, or none at all, the result is 0.0. The
    result is a Python float.

    Example: the gradients [3] and [4], with a None between them, give 5.0.
    """
    # TODO: Add up the squares of all tensors, skip None, take one root.
    raise NotImplementedError


def smoothed(values: Sequence[float], beta: float = 0.9) -> list[float]:
    """Return the bias-corrected moving average of `values`, a list of as many Python floats.

    With `average` = 0 before the first value, and t = 1, 2, … (`beta` lies in 0 ≤ beta < 1):

        average = beta · average + (1 - beta) · value_t
        result_t = average / (1 - betaᵗ)

    The division is the bias correction: it makes up for the 0 at the start. No values give an empty list.

    Example: smoothed([1, 2, 0]) gives [1, 1.5263157895, 0.9630996310].
    """
    # TODO: Carry the average from value to value; what you return is the corrected one.
    raise NotImplementedError
