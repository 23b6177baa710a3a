"""Exercise 2.3.3: train the two-layer network.

Forward, loss, backward, update, and again. You may copy your functions of exercises 2.3.1 and 2.3.2 to this file.
Autograd, torch.nn, torch.optim and numpy are not allowed.
"""

import torch
from torch import Tensor

Params = dict[str, Tensor]


def update(params: Params, grads: Params, lr: float) -> Params:
    """Return new parameters after one step of gradient descent: every parameter minus lr times its gradient.

    `params` and `grads` have the same keys and shapes. The result is a new dictionary of new tensors with these keys,
    shapes and dtypes, also for `lr=0`; both arguments stay as they are, and the result carries no graph.

    Example: params {"b": [1, 2]}, grads {"b": [0.5, -1]}, lr = 0.1 give {"b": [0.95, 2.1]}.
    """
    # TODO: Build a new dictionary; do not change the given tensors.
    raise NotImplementedError


def train_mlp(X: Tensor, y: Tensor, params: Params, lr: float, epochs: int) -> tuple[Params, list[float]]:
    """Return the parameters after `epochs` steps of full-batch gradient descent, and the history of the loss.

    `X` is [N, D], `y` [N, O]; `params` holds W1 [D, H], b1 [H], W2 [H, O] and b2 [O], the start values. Per epoch:

        forward     h = tanh(X W1 + b1), y_pred = h W2 + b2
        loss        mean over all N·O elements of (y_pred - y)²
        backward    all four gradients, from this one forward pass and the parameters it used
        update      every parameter moves by -lr times its gradient

    Returns `(params, losses)`: a new dictionary of new tensors without a graph, and a list of `epochs` Python floats.
    `losses[e]` is the loss before update e. The given dictionary and its tensors stay as they are.

    `epochs=0` gives copies of the parameters and an empty list, and so does an `X` with no rows.

    Example: W1 = [[0.1, 0.2], [0.3, 0.4]], b1 = [0, 0.1], W2 = [[0.5], [-0.5]], b2 = [0.2], X = [[1, 2], [-1, 1]],
    y = [[1], [0]], lr = 0.5, epochs = 3 give losses = [0.4149702286, 0.3359569332, 0.3064051654] and
    W2 = [[0.7481843087], [0.0055534450]]; the loss of the returned parameters is 0.1864903436.
    """
    # TODO: Copy the parameters; in every epoch: forward, note the loss, backward, update.
    raise NotImplementedError
