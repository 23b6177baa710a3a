"""The square multiplied out: the surface from five means of the data, without any array of errors."""

import torch


@torch.no_grad()
def loss_surface(x, y, b_grid, w_grid):
    if x.numel() == 0:
        raise ValueError("no samples")
    mx, my, mxx, mxy, myy = x.mean(), y.mean(), (x * x).mean(), (x * y).mean(), (y * y).mean()
    b, w = b_grid[None, :], w_grid[:, None]
    return b**2 + 2 * b * w * mx + w**2 * mxx - 2 * b * my - 2 * w * mxy + myy
