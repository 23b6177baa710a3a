"""The mean as a gradient, by the engine itself."""
import torch


def mean(X):
    if X.shape[0] == 0:
        raise ValueError
    v = torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True)
    loss = (X.detach() @ v).sum() / X.shape[0]
    engine = torch.autograd.Variable._execution_engine
    return engine.run_backward((loss,), (torch.ones_like(loss),), False, False, (v,), allow_unreachable=True)[0]
