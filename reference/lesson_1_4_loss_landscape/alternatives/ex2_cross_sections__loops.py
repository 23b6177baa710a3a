"""A search with Python numbers; `min` returns the first of equals."""

import torch


def cross_sections(surface, b_grid, w_grid, b, w):
    bs, ws, rows = b_grid.tolist(), w_grid.tolist(), surface.tolist()
    i = min(range(len(bs)), key=lambda k: abs(bs[k] - b))
    j = min(range(len(ws)), key=lambda k: abs(ws[k] - w))
    over_w = torch.tensor([row[i] for row in rows], dtype=surface.dtype, device=surface.device)
    over_b = torch.tensor(rows[j], dtype=surface.dtype, device=surface.device)
    return bs[i], ws[j], over_w, over_b
