"""Exercise 1.1.2: the training loop without its parts.

Every training loop predicts, measures, differentiates and updates. Here the first three parts are functions that you
are given, so that only the loop itself is left to write. Write the update by hand, too: autograd, torch.nn, torch.optim
and numpy are not allowed.
"""

from collections.abc import Callable

from torch import Tensor


def training_loop(
    params: Tensor,
    forward: Callable[[Tensor], Tensor],
    loss_fn: Callable[[Tensor], Tensor],
    grad_fn: Callable[[Tensor, Tensor], Tensor],
    lr: float,
    epochs: int,
) -> tuple[Tensor, list[float]]:
    """Train `params` [P] for `epochs` epochs and return the trained parameters [P] and the history of losses.

    One epoch does this, in this order, and calls each function exactly once:

    1. predict: `forward(params)` gives the predictions for the current parameters;
    2. measure: `loss_fn(predictions)` gives the loss, a tensor with one number; it goes into the history as a float;
    3. differentiate: `grad_fn(params, predictions)` gives the gradient of the loss, with the shape of `params`;
    4. update, by gradient descent: new params = params - lr * gradient.

    The history has one Python float per epoch: the loss *before* that epoch's update. The result has the dtype and the
    device of `params`, shares no memory with it and carries no autograd graph. The caller's tensor keeps its values;
    with `epochs` = 0 the result is a copy of it and the history is empty.

    Example: let forward(p) = (p - [1, 2, 3]) * [1, 2, 0.5], let loss_fn(e) be the sum of the squares of e, and let
    grad_fn(p, e) = 2 * e * [1, 2, 0.5]. From the start params = [0, 0, 0] with lr = 0.1:

        epoch   loss           params after the update
        0       19.25          0.2    1.6    0.15
        1       3.310625       0.36   1.92   0.2925
        2       2.2678390625   0.488  1.984  0.427875
    """
    # BEGIN SOLUTION In every epoch: predict, record the loss, get the gradient, then step against it.
    # A copy of our own: with no epoch at all the caller must not get the very tensor back that it gave us.
    params = params.detach().clone()
    losses = []
    for _ in range(epochs):
        predictions = forward(params)
        losses.append(float(loss_fn(predictions)))
        gradient = grad_fn(params, predictions)
        # A new tensor every time; `params -= ...` would write into the old one.
        params = params - lr * gradient
    return params, losses
    # END SOLUTION
