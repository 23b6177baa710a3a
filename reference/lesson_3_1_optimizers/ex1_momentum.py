"""Exercise 3.1.1: one step of momentum, plain and Nesterov's.

The step function is pure: it takes the state and returns the new one, and the caller passes it on to the next step.
"""

from torch import Tensor


def momentum_step(
    p: Tensor, grad: Tensor, v: Tensor, lr: float, momentum: float, nesterov: bool = False
) -> tuple[Tensor, Tensor]:
    """Return `(p, v)`, parameter and velocity after one step of gradient descent with momentum.

    `p`, `grad` and `v` have the same shape, any shape; with no entries the results have none. `grad` is the gradient at
    `p`, and the velocity `v` starts at zeros. With μ = `momentum`, the new velocity is

        v  <-  μ v + grad

    and the step is taken with this new v:

        plain          p  <-  p - lr · v
        nesterov=True  p  <-  p - lr · (grad + μ v)

    The whole gradient enters the velocity, and the learning rate does not: it multiplies the step only, as in
    torch.optim.SGD. Both results are new tensors of the dtype of `p`; the arguments stay as they are, and plain
    arguments give results without an autograd graph. Autograd and torch.optim are not allowed.

    Example: p = 1, v = 0, lr = 0.1, momentum = 0.9 and the gradients 1, 0.5, -0.25, one per step:

        plain      p = 0.9,  0.76,  0.659     v = 1, 1.4, 1.01
        nesterov   p = 0.81, 0.634, 0.5681    v = 1, 1.4, 1.01
    """
    # BEGIN SOLUTION First the new velocity, then the direction of the step, then the step.
    v = momentum * v + grad
    # Nesterov looks one step ahead: the velocity will shrink by the factor momentum, and the gradient counts once more.
    direction = grad + momentum * v if nesterov else v
    p = p - lr * direction
    return p, v
    # END SOLUTION
