"""The absolute value of the difference, from two units that look in opposite directions; in float64."""

import torch


def xor_network():
    W1 = torch.tensor([[1, -1], [-1, 1]], dtype=torch.float64)
    return {
        "b2": torch.zeros(1, dtype=torch.float64),
        "W2": torch.ones(2, 1, dtype=torch.float64),
        "b1": torch.zeros(2, dtype=torch.float64),
        "W1": W1,
    }
