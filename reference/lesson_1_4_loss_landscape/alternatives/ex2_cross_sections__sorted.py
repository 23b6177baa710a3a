"""A sorted search between two neighbours; the lower one wins a tie."""

import torch


def nearest(grid, value):
    values = grid.detach().tolist()
    upper = sum(v < value for v in values)
    lower = max(upper - 1, 0)
    upper = min(upper, len(values) - 1)
    return lower if value - values[lower] <= values[upper] - value or lower == upper else upper


@torch.no_grad()
def cross_sections(surface, b_grid, w_grid, b, w):
    i, j = nearest(b_grid, b), nearest(w_grid, w)
    over_w = surface.index_select(1, torch.tensor([i], device=surface.device)).squeeze(1)
    over_b = surface.index_select(0, torch.tensor([j], device=surface.device)).squeeze(0)
    return b_grid[i].item(), w_grid[j].item(), over_w, over_b
