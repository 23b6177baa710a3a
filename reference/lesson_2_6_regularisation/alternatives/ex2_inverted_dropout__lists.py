"""Exercise 2.6.2 over lists of Python floats; nothing is drawn where nothing depends on it."""

import torch


def dropout_forward(x, p, training, generator):
    if p != min(max(p, 0), 1):
        raise ValueError("p")
    if not training or p == 0:
        scales = [1.0] * x.numel()
    elif p == 1:
        scales = [0.0] * x.numel()
    else:
        numbers = torch.rand(x.numel(), generator=generator).tolist()
        scales = [(1 / (1 - p) if u >= p else 0.0) for u in numbers]
    mask = torch.tensor(scales, dtype=x.dtype, device=x.device).view(x.shape)
    out = [value * scale for value, scale in zip(x.flatten().tolist(), scales)]
    return torch.tensor(out, dtype=x.dtype, device=x.device).view(x.shape), mask


def dropout_backward(grad_out, mask):
    result = grad_out.detach().clone()
    result *= mask
    return result
