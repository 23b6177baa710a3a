"""Exercise 2.7.2: a network against a line.

Two models, the same data, the same measure: what does the hidden layer gain, and what does it cost in parameters?
"""

import torch
from torch import Tensor

Params = dict[str, Tensor]


def parameter_counts(D: int, H: int, O: int) -> tuple[int, int]:
    """Return how many numbers a linear model and a network with one hidden layer learn: (linear, network).

    Both map D inputs to O outputs; the network has H hidden units. Every layer has a weight for each pair of its inputs
    and outputs, and one bias for each of its outputs. Both counts are Python ints.

    Example: D, H, O = 1, 16, 1 gives (2, 49), and 3, 5, 2 gives (8, 32).
    """
    # TODO: Count weights and biases of each layer.
    raise NotImplementedError


def compare(X: Tensor, y: Tensor, params: Params, lr: float, epochs: int) -> tuple[float, float]:
    """Return the mean squared errors (line, network) of both models on the same data, as Python floats.

    `X` [N, D] holds one sample in each row, `y` [N, O] the targets. Errors are averaged over all N * O elements, without a
    factor 1/2.

    - The line is the linear model X w + b with the smallest mean squared error on X and y. It has a bias. Compute it
      exactly, by least squares; no column of X is a combination of the others and of the constant 1, and N > D.
    - The network is tanh(X W1 + b1) W2 + b2. It starts from `params`, which holds W1 [D, H], b1 [H], W2 [H, O] and b2 [O],
      and makes `epochs` steps of gradient descent with the learning rate `lr` on the mean squared error over all samples.
      Its error is measured after the last step; with `epochs` = 0 it is that of the start.

    `params` and its tensors stay as they are. torch.linalg, autograd and torch.nn are allowed; torch.optim and numpy are
    not. Raises ValueError if there are no samples.

    Example: X = torch.linspace(-2, 2, 40) as a column. The error of the line is 0.41739 for y = sin(2x), 0.34977 for
    y = |x| and 1.56888 for y = x^2. For the 80 published training points of lesson 1.2 it is 0.008044657695492986.
    With X = [[0], [1], [2]], y = [[0], [1], [0]], W1 = [[1, -1]], b1 = [0, 0.5], W2 = [[0.5], [1]], b2 = [0], lr = 0.1 and
    2 epochs the result is (0.2222222222, 0.2541458090).
    """
    # TODO: Solve the line exactly; train a copy of the parameters; measure both on the same data.
    raise NotImplementedError
