"""The mean as a gradient, compiled."""
import torch

SOURCE = """
def slope(X: Tensor, v: Tensor):
    loss = (X @ v).sum() / X.size(0)
    loss.backward()
    return v.grad
"""


def mean(X):
    if X.shape[0] == 0:
        raise ValueError
    unit = torch.jit.CompilationUnit(SOURCE)
    found = unit.slope(X.detach(), torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True))
    return found
