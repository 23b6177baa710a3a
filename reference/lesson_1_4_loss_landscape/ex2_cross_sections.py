"""Exercise 1.4.2: cuts through the loss surface.

A surface is hard to draw and easy to cut. Hold one parameter fixed, and what remains is a curve over the other one.
Autograd, torch.nn, torch.optim and numpy are not allowed.
"""

from torch import Tensor


def cross_sections(
    surface: Tensor, b_grid: Tensor, w_grid: Tensor, b: float, w: float
) -> tuple[float, float, Tensor, Tensor]:
    """Cut the surface through the point (b, w) and return (b_fixed, w_fixed, loss_over_w, loss_over_b).

    `surface` [nw, nb] holds the losses as exercise 1.4.1 returns them: rows belong to w, columns to b. `b_grid` [nb] and
    `w_grid` [nw] hold the grid values, in ascending order. The point need not lie on the grid:

    - `b_fixed` is the grid value nearest to `b`, and `w_fixed` the one nearest to `w`, both as Python floats. Of two
      values at the same distance take the first. A point outside of the grid thus gets the value at the border.
    - `loss_over_w` [nw] holds the losses along w while b is held at `b_fixed`: one column of the surface.
    - `loss_over_b` [nb] holds the losses along b while w is held at `w_fixed`: one row of the surface.

    The two curves have the dtype and the device of `surface` and share no memory with it.

    Example: surface = [[3, 2/3], [1/2, 1/6], [1/3, 2]], b_grid = [0, 1], w_grid = [1, 1.5, 2], b = 0.8 and w = 1.1 give
    b_fixed = 1.0, w_fixed = 1.0, loss_over_w = [2/3, 1/6, 2] and loss_over_b = [3, 2/3].
    On the published surface of exercise 1.4.1 the start b = 0.4967141530112327, w = -0.13826430117118466 is moved to
    b_fixed = 0.52 and w_fixed = -0.16, where both curves have the value 2.7113284116288243.
    """
    # BEGIN SOLUTION Find the nearest grid value of each parameter; then take the column and the row through that point.
    # argmin returns the first of several equally small distances.
    column = int((b_grid - b).abs().argmin())
    row = int((w_grid - w).abs().argmin())
    b_fixed, w_fixed = float(b_grid[column]), float(w_grid[row])
    # A slice is a view of the surface, so the curves are copied.
    loss_over_w = surface[:, column].detach().clone()
    loss_over_b = surface[row, :].detach().clone()
    return b_fixed, w_fixed, loss_over_w, loss_over_b
    # END SOLUTION
