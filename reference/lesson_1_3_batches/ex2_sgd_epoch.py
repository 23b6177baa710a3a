"""Exercise 1.3.2: one epoch of stochastic gradient descent.

One update per sample: every sample is predicted with the parameters that the previous sample has left behind.
Write it by hand: autograd, torch.nn, torch.optim and numpy are not allowed.
"""

from torch import Tensor


def sgd_epoch(X: Tensor, y: Tensor, w: Tensor, b: Tensor, lr: float, order: Tensor) -> tuple[Tensor, Tensor]:
    """Return `(w, b)` after one update of the linear model Xw + b for every entry of `order`.

    Shapes: `X [N, D]`, `y [N, 1]`, `w [D, 1]`, `b [1]`, `order [M]` (int64 row indices, visited from first to last; an
    index may occur twice or not at all). The results have the shapes and the dtype of `w` and `b`, are new tensors
    (also when `order` is empty) and carry no graph of their own. The arguments stay unchanged.

    For one sample (x, y) the loss is the square of e = x·w + b - y, so its gradients are

        grad_w = 2 · e · x        (as a column, [D, 1])
        grad_b = 2 · e

    and both are taken at the same parameters before either parameter moves by -lr times its gradient.

    Worked example: X = [[1], [2]], y = [[2], [3]], w = [[0]], b = [0], lr = 0.1
        order (0, 1):  w = 0.4, b = 0.4 after sample 0 (e = -2);  w = 1.12, b = 0.76 after sample 1 (e = -1.8)
        order (1, 0):  w = 1.2, b = 0.6 after sample 1 (e = -3);  w = 1.24, b = 0.64 after sample 0 (e = -0.2)
    """
    # BEGIN SOLUTION Work on copies; for each index of order, take the error of that one sample, then move w and b.
    w, b = w.clone(), b.clone()
    for i in order.tolist():
        error = X[i] @ w + b - y[i]  # [1]: the newest w and b, this one sample
        grad_w = 2 * error * X[i].reshape(-1, 1)  # [D, 1]
        grad_b = 2 * error  # [1]
        w = w - lr * grad_w
        b = b - lr * grad_b
    return w.detach(), b.detach()
    # END SOLUTION
