"""Exercise 2.1.2: the forward pass of a network with one hidden layer.

Two linear layers with an activation between them: the smallest network that is more than a straight line. And one
linear layer again, in the form in which the bias hides inside of the matrix. Autograd, torch.nn, torch.optim and numpy
are not allowed.
"""

from typing import Literal

import torch
from torch import Tensor


def mlp_forward(
    X: Tensor,
    W1: Tensor,
    b1: Tensor,
    W2: Tensor,
    b2: Tensor,
    activation: Literal["relu", "sigmoid", "tanh", "identity"],
) -> Tensor:
    """Return the outputs f(X W1 + b1) W2 + b2 of a network with one hidden layer.

    `X` [N, D] holds one sample in each row; `W1` is [D, H], `b1` [H], `W2` [H, O] and `b2` [O], with H hidden units and
    O outputs. `activation` names the function f, which is applied to every entry of X W1 + b1: "relu" is max(z, 0),
    "sigmoid" 1 / (1 + e^-z), "tanh" the hyperbolic tangent, and "identity" leaves z as it is. The output layer has no
    activation. The result has shape [N, O], and [0, O] where X has no rows, with the dtype and device of `X`.

    Raises ValueError if `activation` is any other text. torch.relu, torch.sigmoid and torch.tanh are allowed here.

    Example: X = [[1, 2], [-1, 1]], W1 = [[1, -1], [0.5, 1]], b1 = [0, 0.5], W2 = [[1], [3]] and b2 = [-1] give

        "relu"       [[5.5], [6.5]]
        "sigmoid"    [[2.3335205066], [2.1499661287]]
        "tanh"       [[2.6794723410], [1.4977257372]]
        "identity"   [[5.5], [6]]
    """
    # BEGIN SOLUTION Choose the activation or refuse; then the hidden layer, the activation, and the output layer.
    activations = {"relu": torch.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "identity": lambda z: z}
    if activation not in activations:
        raise ValueError(f"unknown activation {activation!r}")
    z = X @ W1 + b1  # [N, D] @ [D, H] + [H]
    h = activations[activation](z)
    return h @ W2 + b2  # [N, H] @ [H, O] + [O]
    # END SOLUTION


def linear_augmented(Wb: Tensor, X: Tensor) -> Tensor:
    """Return W X + b for a linear layer whose weights and bias are given as one matrix [W | b].

    `Wb` [O, D + 1] holds the weights W [O, D] and, as its last column, the bias b [O]. Unlike everywhere else in this
    course the *columns* of `X` [D, N] are the samples. Put a row of ones below the features, and the whole layer is one
    matrix product: [W | b] times [X; 1]. The result has shape [O, N], and [O, 0] where there are no samples, with the
    dtype and device of `Wb`.

    Example: Wb = [[1, 2, 10], [0, -1, 20]] and X = [[1, 3, 5], [2, 4, 6]] give [[15, 21, 27], [18, 16, 14]].
    """
    # BEGIN SOLUTION Extend X by a row of ones, then multiply once.
    ones = torch.ones_like(X[:1])  # [1, N]
    return Wb @ torch.cat([X, ones])  # [O, D + 1] @ [D + 1, N]
    # END SOLUTION
