"""Exercise 1.6.2: repair a broken training loop.

The loop below runs without an error, and it is wrong in five places. Find the five bugs with what you know from this
module, and repair them. The line with `raise NotImplementedError` is not one of them: delete it when you begin.
"""

from torch import Tensor


def train_repaired(
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
    b are copies of the start and `losses` is empty. Autograd, torch.nn, torch.optim and numpy are not allowed.

    Each bug that is gone earns 0.8 points, as long as no new one comes in. Example: the 80 published training points,
    b = 0.4967141530112327, w = -0.13826430117118466 and lr = 0.1 give the first three losses 2.742157770055097,
    1.634931811122577 and 1.0068190845226028, and after 100 epochs b = 1.1860732933 and w = 1.6509355726.
    """
    # TODO: Delete the next line, then find the five bugs and repair them.
    raise NotImplementedError
    w, b = w.detach().clone(), b.detach().clone()
    X, y = X.detach(), y.detach()
    losses: list[float] = []
    n_samples = len(X)
    if n_samples == 0:
        return w, b, losses
    y_pred = X @ w + b
    for _ in range(epochs):
        errors = y_pred - y
        grad_w = 2 * (X.T @ errors)
        grad_b = 2 * (X * errors).sum().reshape(1)
        w = w + lr * grad_w
        b = b + lr * grad_b
        losses.append(float(((X @ w + b - y) ** 2).mean()))
    return w, b, losses
