"""Leaves a mess."""
import torch

torch.set_default_dtype(torch.float16)
torch.set_grad_enabled(False)
torch.set_flush_denormal(True)
torch.manual_seed(1)
torch.Tensor.__mul__ = torch.Tensor.__rmul__ = lambda *_: torch.zeros(3)


def double(x):
    torch.set_num_threads(4)
    return 2 * x
