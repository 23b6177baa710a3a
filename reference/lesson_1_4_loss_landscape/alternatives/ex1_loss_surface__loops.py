"""Pair by pair and sample by sample, with Python numbers."""

import torch


def loss_surface(x, y, b_grid, w_grid):
    samples = list(zip(x.flatten().tolist(), y.flatten().tolist()))
    if not samples:
        raise ValueError("no samples")
    rows = []
    for w in w_grid.tolist():
        row = []
        for b in b_grid.tolist():
            row.append(sum((w * xi + b - yi) ** 2 for xi, yi in samples) / len(samples))
        rows.append(row)
    return torch.tensor(rows, dtype=x.dtype, device=x.device)
