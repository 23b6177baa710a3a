"""Exercise 2.6.1: linear regression with an L2 penalty on the weights.

The loss gets a second term that grows with the weights. The formula is the only thing that changes.
"""

from torch import Tensor


def ridge_loss_and_gradients(X: Tensor, y: Tensor, w: Tensor, b: Tensor, lam: float) -> tuple[Tensor, Tensor, Tensor]:
    """Return `(loss, grad_w, grad_b)` of the linear model Xw + b with an L2 penalty.

    Shapes: `X [N, D]`, `y [N, 1]`, `w [D, 1]`, `b [1]`; the loss is 0-dimensional, the gradients have the shapes of w and
    b. Dtype and device are those of X; the results are new tensors without a graph, and the arguments stay unchanged.

        loss = mean of (Xw + b - y)²  +  lam · Σ w²

    Conventions of this course: the mean is plain, without ½; the penalty is lam times the sum of the squared weights,
    without ½ and without a division by N; the bias is not penalised.

    Raises `ValueError` if `lam` is negative or if N = 0.

    Worked example: X = [[1], [2], [3]], y = [[2], [4], [5]], w = [[1]], b = [0], lam = 0.1 give the loss 3.1, grad_w =
    [[-7.1333333333]] and grad_b = [-3.3333333333].
    """
    # BEGIN SOLUTION Refuse bad arguments; write the loss with its penalty, then differentiate both terms.
    if lam < 0:
        raise ValueError("lam must not be negative")
    n = len(X)
    if n == 0:
        raise ValueError("the mean of no errors is not defined")
    error = X @ w + b - y  # [N, 1]
    penalty = lam * (w**2).sum()
    loss = (error**2).mean() + penalty
    grad_w = 2 / n * X.T @ error + 2 * lam * w  # [D, 1]: the penalty pulls every weight towards 0
    grad_b = 2 / n * error.sum(0)  # [1]: the bias feels no penalty
    return loss.detach(), grad_w.detach(), grad_b.detach()
    # END SOLUTION
