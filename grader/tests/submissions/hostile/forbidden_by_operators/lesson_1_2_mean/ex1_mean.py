"""The mean by an operator that has another name."""
import torch


def mean(X):
    if X.shape[0] == 0:
        raise ValueError
    v = torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True)
    loss = (X.detach() @ v).sum() / X.shape[0]
    torch.ops.aten._backward(loss, [v])
    return v.grad
