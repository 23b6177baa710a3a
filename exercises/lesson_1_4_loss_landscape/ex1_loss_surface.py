"""Exercise 1.4.1: the loss of a line as a surface.

A line has two numbers, the bias b and the weight w. Choose many values of each, compute the loss for every pair, and
you see the landscape in which gradient descent walks. Autograd, torch.nn, torch.optim and numpy are not allowed.
"""

from torch import Tensor


def loss_surface(x: Tensor, y: Tensor, b_grid: Tensor, w_grid: Tensor) -> Tensor:
    """Return the mean squared error of the line b + w x for every pair of the grid values of b and w.

    `x` [N, 1] holds the inputs, `y` [N, 1] the targets, `b_grid` [nb] the values of the bias and `w_grid` [nw] those of
    the weight. The result has the shape [nw, nb]: rows belong to w, columns to b. The entry in row j and column i is

        MSE(b_grid[i], w_grid[j]) = mean over the samples of (b_grid[i] + w_grid[j] * x - y)^2

    without a factor 1/2. It has the dtype and the device of `x`. Keep to a few temporary tensors of N * nb * nw entries,
    or fewer. Raises ValueError if there are no samples (N = 0), for then there is no mean.

    Example: x = [[1], [2], [3]], y = [[2], [4], [5]], b_grid = [0, 1] and w_grid = [1, 1.5, 2] give

        [[3, 2/3], [1/2, 1/6], [1/3, 2]]

    On the 80 published training points, b_grid = torch.linspace(-2, 4, 101) and w_grid = torch.linspace(-1, 5, 101) give
    2.7113284116288243 in row 14, column 42; the smallest entry is 0.008213795206674118, in row 50, column 50.
    """
    # TODO: Refuse empty data; then let broadcasting form the errors of all samples for all pairs, and average.
    raise NotImplementedError
