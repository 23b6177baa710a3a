"""Exercise 2.2.1: the chain rule on a small graph.

One value, h, is used twice on its way to the loss. Walk forward once, then walk back and multiply local derivatives.
Autograd, torch.nn, torch.optim and numpy are not allowed.
"""

import torch
from torch import Tensor


def chain(x: Tensor, y: Tensor, w1: Tensor, w2: Tensor) -> dict[str, Tensor]:
    """Return the loss and its derivatives with respect to `w1`, `w2` and `x`, element by element.

    The four arguments have equal shapes (any shape, 0-dim and empty included). Each element stands for itself:

        h = tanh(w1·x)        out = w2·h + h        loss = (out - y)²

    Chain rule: the derivative along a path is the product of the local derivatives, and paths that meet are added. `h`
    reaches `out` on two paths, so dh = 2(out - y)·(w2 + 1), the sum over both. Use tanh' = 1 - tanh² for the rest.

    Returns a dictionary with the keys "loss", "dw1", "dw2" and "dx". Its tensors have the shape, dtype and device of
    the arguments, share no memory with them and carry no graph. Empty arguments give empty results.

    Example (0-dim float64 tensors): x = 0.7, y = 0.3, w1 = 0.9, w2 = -0.4 gives loss 0.0012132215033,
    dw1 0.0201466251022, dw2 0.0388754010134 and dx 0.0259028037028.
    """
    # BEGIN SOLUTION Compute h, out and the loss; then go back from the loss to out, to w2 and h, to w1 and x.
    x, y, w1, w2 = x.detach(), y.detach(), w1.detach(), w2.detach()
    # Forward: keep every intermediate value that a local derivative needs.
    h = torch.tanh(w1 * x)
    out = w2 * h + h
    loss = (out - y) ** 2
    # Backward: each line multiplies the derivative that arrives from the loss by one local derivative.
    dout = 2 * (out - y)
    dw2 = dout * h
    dh = dout * w2 + dout  # two paths from h to out: through the product and directly
    dz = dh * (1 - h**2)  # z = w1 * x, and the derivative of tanh is written with its output
    return {"loss": loss, "dw1": dz * x, "dw2": dw2, "dx": dz * w1}
    # END SOLUTION
