"""Exercise 1.2.1: the predictions of a linear model and their mean squared error.

These are the first two parts of the loop: predict and measure. Write them by hand: autograd, torch.nn, torch.optim and
numpy are not allowed.
"""

from torch import Tensor


def predict(X: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Return the predictions X w + b of a linear model, one row for each sample.

    `X` [N, D] holds one sample in each row, `w` [D, 1] one weight per feature, and `b` [1] is the bias. The result has
    shape [N, 1], and [0, 1] where X has no rows. It has the dtype and the device of `X`.

    Example: X = [[1, 2], [3, 4], [5, 6]], w = [[2], [-1]] and b = [0.5] give [[0.5], [2.5], [4.5]].
    """
    # BEGIN SOLUTION Multiply the features by their weights, add them up, and add the bias.
    # [N, D] @ [D, 1] is [N, 1]; the bias [1] is added to every row.
    return X @ w + b
    # END SOLUTION


def mse_loss(y_pred: Tensor, y: Tensor) -> Tensor:
    """Return the mean squared error of the predictions `y_pred` for the targets `y`, a tensor with a single number.

    The formula: MSE = mean of (y_pred - y)^2, over all elements. This course has no factor 1/2 in it. Both tensors have
    shape [N, 1], or [N, O] with several outputs: then the mean runs over all N * O elements. The result is 0-dimensional
    and has the dtype and the device of `y_pred`.

    Raises ValueError if the shapes are not equal, say [N, 1] and [N], which would broadcast to [N, N]; and if there are
    no elements, for then there is no mean.

    Example: y_pred = [[1], [2], [3]] and y = [[2], [4], [5]] have the errors -1, -2, -2 and the loss 3.
    """
    # BEGIN SOLUTION Refuse unequal shapes and empty tensors; then square the errors and take their mean.
    if y_pred.shape != y.shape:
        raise ValueError(f"the shapes {tuple(y_pred.shape)} and {tuple(y.shape)} are not equal")
    if y.numel() == 0:
        raise ValueError("the loss of no samples is not defined")
    errors = y_pred - y
    return (errors**2).mean()
    # END SOLUTION
