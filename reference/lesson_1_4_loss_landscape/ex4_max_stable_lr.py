"""Exercise 1.4.4: the largest learning rate at which linear regression does not diverge.

The bowl of the mean squared error has the same curvature everywhere. Its steepest direction decides how long a step
may be, and the features alone decide how steep that is.
"""

import torch
from torch import Tensor


def max_stable_lr(X: Tensor) -> float:
    """Return 2 / lambda, where lambda is the largest eigenvalue of the Hessian of the mean squared error.

    `X` [N, D] holds one sample in each row. The model is X w + b, so there are D + 1 parameters: the bias and the
    weights. With A = [1 X], the features with a column of ones in front, the matrix of second derivatives (the Hessian)
    of the loss is

        H = (2 / N) * A^T A            shape [D + 1, D + 1]

    It does not depend on the targets, nor on the parameters. Gradient descent on all samples converges for learning
    rates below the result and diverges above it. The result is a Python float.

    torch.linalg is allowed: H is symmetric, and `torch.linalg.eigvalsh` gives the eigenvalues of a symmetric matrix in
    ascending order. Autograd and torch.optim are not allowed. Raises ValueError if there are no samples (N = 0).

    Example: X = [[0], [1]] gives H = [[2, 1], [1, 1]] with the eigenvalues 0.3819660113 and 2.6180339887, so the result
    is 0.7639320225. The inputs of the 80 published training points give 0.8055058612732189, ten times these inputs
    0.030854884472506762, and the same inputs standardised 1.0.
    """
    # BEGIN SOLUTION Put a column of ones beside the features, form H, and divide 2 by its largest eigenvalue.
    n_samples = len(X)
    if n_samples == 0:
        raise ValueError("the loss of no samples has no curvature")
    A = torch.cat([torch.ones_like(X[:, :1]), X], dim=1)
    hessian = 2 / n_samples * (A.T @ A)
    steepest = torch.linalg.eigvalsh(hessian)[-1]
    return (2 / steepest).item()
    # END SOLUTION
