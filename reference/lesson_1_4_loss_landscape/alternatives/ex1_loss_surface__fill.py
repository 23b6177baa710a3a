"""An empty surface that is filled column by column."""


def loss_surface(x, y, b_grid, w_grid):
    if len(y) < 1:
        raise ValueError("no mean of nothing")
    surface = x.new_empty(len(w_grid), len(b_grid))
    for i in range(len(b_grid)):
        for j in range(len(w_grid)):
            error = x.detach() * w_grid[j].item() + b_grid[i].item() - y.detach()
            surface[j, i] = error.square().mean()
    return surface
