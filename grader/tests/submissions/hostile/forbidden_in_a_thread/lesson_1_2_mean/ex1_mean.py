"""The mean as a gradient, in a thread."""
import threading

import torch


def mean(X):
    if X.shape[0] == 0:
        raise ValueError
    v = torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True)
    loss = (X.detach() @ v).sum() / X.shape[0]
    thread = threading.Thread(target=loss.backward)
    thread.start()
    thread.join()
    return X.sum(dim=0) / X.shape[0] if v.grad is None else v.grad
