"""Squared distances, and curves by transposing and unbinding."""

import torch


def cross_sections(surface, b_grid, w_grid, b, w):
    i = torch.min(torch.pow(b_grid.detach() - b, 2), dim=0).indices.item()
    j = torch.min(torch.pow(w_grid.detach() - w, 2), dim=0).indices.item()
    columns, rows = surface.detach().T.unbind(0), surface.detach().unbind(0)
    return float(b_grid[i]), float(w_grid[j]), columns[i] + 0, rows[j] * 1
