"""einsum, and the bias as the output for the input 0."""

import torch


@torch.no_grad()
def collapse(W1, b1, W2, b2):
    at_zero = (torch.zeros(1, W1.shape[0], dtype=W1.dtype, device=W1.device) @ W1 + b1) @ W2 + b2
    return torch.einsum("dh,ho->do", W1, W2), at_zero.squeeze(0)
