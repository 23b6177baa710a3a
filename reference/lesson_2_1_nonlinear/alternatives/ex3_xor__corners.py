"""One unit for every corner, and the outputs read off a table; large weights, and a bias at the output."""

import torch


def xor_network():
    corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    signs = 2 * corners - 1
    # 10 (s·x − number of ones + 0.5) is 5 at the unit's own corner and at most −5 at the others.
    W1 = 10 * signs.T
    b1 = 10 * (0.5 - corners.sum(dim=1))
    W2 = torch.tensor([[-0.6], [-0.4], [-0.4], [-0.6]])
    return {"W1": W1, "b1": b1, "W2": W2, "b2": torch.tensor([3.0])}
