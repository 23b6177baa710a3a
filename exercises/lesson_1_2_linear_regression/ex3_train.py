"""Exercise 1.2.3: linear regression by gradient descent.

Now all four parts together: predict, measure, differentiate, update, on all samples in every epoch.
"""

from torch import Tensor


def train_linear_regression(
    X: Tensor, y: Tensor, w: Tensor, b: Tensor, lr: float, epochs: int
) -> tuple[Tensor, Tensor, list[float]]:
    """Train the model X w + b on all samples at once and return (w, b, losses).

    `X` [N, D] holds one sample in each row, `y` [N, 1] the targets; training starts from the given `w` [D, 1] and `b`
    [1]. Every epoch makes one step of gradient descent on the mean squared error. With the errors e = X w + b - y:

        w  <-  w - lr * (2 / N) * X^T e
        b  <-  b - lr * (2 / N) * (sum of e)

    Both gradients come from the same w and b, those from before the step. `losses` holds one Python float per epoch:
    the mean squared error over all samples *before* that epoch's update.

    The returned w and b have the shapes, the dtype and the device they came with, share no memory with the arguments
    and carry no autograd graph; no argument is changed. With `epochs` = 0, and where there are no samples (N = 0), w and
    b are copies of the start and `losses` is empty. Autograd, torch.nn, torch.optim and numpy
    are not allowed.

    Example: the 80 published training points of this lesson, b = 0.4967141530112327, w = -0.13826430117118466, lr = 0.1.
    One epoch gives b = 0.8011952909762835 and w = 0.04511107054392366; 1000 epochs give b = 1.02354094 and
    w = 1.96896411. The first three losses are 2.742157770055097, 1.634931811122577 and 1.0068190845226028.
    """
    # TODO: Copy the start; then in every epoch: errors, loss, both gradients, and only then both updates.
    raise NotImplementedError
