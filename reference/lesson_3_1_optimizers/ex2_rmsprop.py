"""Exercise 3.1.2: one step of RMSProp.

Every parameter divides its gradient by the recent size of that gradient: steep and flat directions move alike.
"""

from torch import Tensor


def rmsprop_step(
    p: Tensor, grad: Tensor, s: Tensor, lr: float, alpha: float = 0.9, eps: float = 1e-8
) -> tuple[Tensor, Tensor]:
    """Return `(p, s)`, parameter and average of squared gradients after one step of RMSProp.

    `p`, `grad` and `s` have the same shape, any shape; with no entries the results have none. `s` starts at zeros and
    is a moving average, entry by entry:

        s  <-  alpha · s + (1 - alpha) · grad²
        p  <-  p - lr · grad / (√s + eps)

    The step uses the new s, `eps` is added after the root, and there is no correction of the start at zero. The default
    of `alpha` is 0.9 (torch.optim.RMSprop has 0.99). Where gradient and average are zero, p stays. Both results are new
    tensors of the dtype of `p`; the arguments stay as they are, and plain arguments give results without an autograd
    graph. Autograd and torch.optim are not allowed.

    Example: p = 1, s = 0, lr = 0.01 and the gradients 1, 0.5, -0.25, one per step:

        p = 0.9683772244, 0.9536330292, 0.9611793929     s = 0.1, 0.115, 0.10975
    """
    # BEGIN SOLUTION First the new average of squares, then the step, divided by its root.
    s = alpha * s + (1 - alpha) * grad**2
    p = p - lr * grad / (s.sqrt() + eps)
    return p, s
    # END SOLUTION
