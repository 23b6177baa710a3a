"""Exercise 1.2.2: the gradients of the mean squared error of a linear model.

The third part of the loop: differentiate. Derive the two formulas on paper with the chain rule, then write them down
for all samples and features at once.
"""

from torch import Tensor


def mse_gradients(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Return the gradients (grad_w, grad_b) of the mean squared error of the model X w + b at the given w and b.

    `X` [N, D] holds one sample in each row, `y` [N, 1] the targets, `w` [D, 1] the weights and `b` [1] the bias. With
    the errors e = X w + b - y the formulas are

        grad_w = (2 / N) * X^T e            shape [D, 1]
        grad_b = (2 / N) * (sum of e)       shape [1]

    Results have the dtype and the device of `X`. Write the formulas yourself: autograd, torch.nn, torch.optim and
    numpy are not allowed. Raises ValueError if there are no samples (N = 0).

    Example: X = [[1], [2], [3]], y = [[2], [4], [5]], w = [[1]] and b = [0] give grad_w = [[-22/3]], grad_b = [-10/3].
    On the 80 published training points of this lesson, at b = 0.4967141530112327 and w = -0.13826430117118466, they are
    grad_b = -3.044811379650508 and grad_w = -1.8337537171510832.
    """
    # BEGIN SOLUTION Compute the errors of all samples first; both gradients are built from them.
    n_samples = len(X)
    if n_samples == 0:
        raise ValueError("the gradient of no samples is not defined")
    # Prediction minus target: [N, 1].
    errors = X @ w + b - y
    # Every error counts with the input that it came from: [D, N] @ [N, 1] is [D, 1].
    grad_w = 2 / n_samples * (X.T @ errors)
    # The bias enters every prediction with the factor 1. The sum over the rows of [N, 1] is [1].
    grad_b = 2 / n_samples * errors.sum(dim=0)
    return grad_w, grad_b
    # END SOLUTION
