"""Does not use torch.autograd.grad, numpy, torch.optim or nn.Linear; loss.backward() is not called either."""

from torch import Tensor

NOTE = "import numpy as np; torch.autograd.grad(loss, w); loss.backward()"


def mean(X: Tensor) -> Tensor:
    """Instead of `np.mean(X, axis=0)` or `torch.nn.functional.avg_pool1d`: the sum over the number."""
    # torch.autograd.backward(...) would be forbidden, and os.system("x") is only mentioned
    if X.shape[0] == 0:
        raise ValueError("no rows: torch.optim cannot help")
    return X.sum(dim=0) / X.shape[0]
