"""Exercise 3.1.4: fit a parabola with an optimizer of PyTorch.

The model is linear in its weights, its features are not linear in x. Autograd gives the gradients, NAdam the steps.
"""

import torch
from torch import Tensor


def quadratic_features(x: Tensor) -> Tensor:
    """Return the features x², x and 1 of `x` [N, 1] as the columns of a tensor [N, 3], in this order.

    The result has the dtype and device of `x` and shares no memory with it; with N = 0 it is [0, 3].

    Example: x = [[2]] gives [[4, 2, 1]].
    """
    # BEGIN SOLUTION Three columns side by side; the last is a column of ones like x.
    return torch.cat([x**2, x, torch.ones_like(x)], dim=1)
    # END SOLUTION


def fit_polynomial(x: Tensor, y: Tensor, w0: Tensor, lr: float, steps: int) -> Tensor:
    """Return the weights [3, 1] after `steps` steps of NAdam from `w0` [3, 1].

    `x` and `y` are [N, 1], the predictions are quadratic_features(x) @ w [N, 1], and the loss is the mean over all N
    samples of (prediction - y)². Every step uses all samples. The optimizer is `torch.optim.NAdam([w], lr=lr)` with its
    default settings, the gradients come from autograd: one backward pass per step.

    Optimise a copy: the caller's `w0` stays as it is. The result is a new tensor of the dtype of `w0` and does not
    require grad. With `steps` = 0 or N = 0 it is a copy of `w0`.

    Example: x = [[-1], [0], [1], [2]], y = [[2], [3], [6], [11]] (which is x² + 2x + 3), w0 = 0, lr = 0.1 give

        after 1 step   w = 0.1056451791, 0.1056451791, 0.1056451790
        after 3 steps  w = 0.2513288319, 0.2513293303, 0.2520417757
    """
    # BEGIN SOLUTION A leaf copy of w0 and its optimizer; then in every step: clear, loss, backward, step.
    w = w0.detach().clone().requires_grad_()
    optimizer = torch.optim.NAdam([w], lr=lr)
    features = quadratic_features(x.detach())  # the features do not change while the weights are learned
    for _ in range(steps):
        optimizer.zero_grad()
        loss = ((features @ w - y.detach()) ** 2).mean()
        loss.backward()
        optimizer.step()
    return w.detach()
    # END SOLUTION
