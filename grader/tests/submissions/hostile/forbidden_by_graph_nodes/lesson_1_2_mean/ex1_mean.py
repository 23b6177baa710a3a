"""The mean as a gradient, node by node."""
import torch


def mean(X):
    if X.shape[0] == 0:
        raise ValueError
    v = torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True)
    loss = (X.detach() @ v).sum() / X.shape[0]
    node, slope = loss.grad_fn, torch.ones_like(loss)
    while "Accumulate" not in node.name():
        found = node(slope)
        found = found if isinstance(found, tuple) else (found,)
        slope, node = next((g, n[0]) for g, n in zip(found, node.next_functions) if g is not None and n[0] is not None)
    return slope
