"""Three units, one of them always on; half precision is a float as well."""

import torch


def xor_network():
    return {
        "W1": torch.tensor([[2, 2, 0], [2, 2, 0]], dtype=torch.float16),
        "b1": torch.tensor([-1, -3, 1], dtype=torch.float16),
        "W2": torch.tensor([[1], [-3], [0.25]], dtype=torch.float16),
        "b2": torch.tensor([-0.25], dtype=torch.float16),
    }
