"""Exercise 3.1.3: one step of Adam, with both kinds of weight decay.

Momentum in the numerator, RMSProp in the denominator, and both averages corrected for their start at zero.
"""

from torch import Tensor


def adam_step(
    p: Tensor,
    grad: Tensor,
    m: Tensor,
    v: Tensor,
    t: int,
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    decoupled: bool = False,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return `(p, m, v)`, parameter and both moving averages after step number `t` of Adam.

    `p`, `grad`, `m` and `v` have the same shape, any shape; with no entries the results have none. `m` and `v` start at
    zeros, and the first step has t = 1; t < 1 raises ValueError. With (β1, β2) = `betas` and wd = `weight_decay`:

        decay, coupled (Adam)      g = grad + wd · p
        decay, decoupled (AdamW)   g = grad,  and first  p  <-  p · (1 - lr · wd)

        m  <-  β1 m + (1 - β1) g        m̂ = m / (1 - β1ᵗ)
        v  <-  β2 v + (1 - β2) g²       v̂ = v / (1 - β2ᵗ)
        p  <-  p - lr · m̂ / (√v̂ + eps)

    `decoupled` chooses the kind of decay. The returned m and v are the averages *without* the correction; `eps` is
    added to √v̂, after the root and after the correction. Where gradient and averages are zero, p stays (without decay).
    The results are new tensors of the dtype of `p`; the arguments stay as they are, and plain arguments give results
    without an autograd graph. Autograd and torch.optim are not allowed.

    Example: p = 1, m = v = 0, lr = 0.01 and the gradients 1, 0.5, -0.25 with t = 1, 2, 3:

        no decay                             p = 0.9900000001, 0.9806782038, 0.9750415901
        weight_decay=0.1                     p = 0.9900000001, 0.9805559059, 0.9740788027
        weight_decay=0.1, decoupled=True     p = 0.9890000001, 0.9786892038, 0.9720739009
        without decay, after three steps     m = 0.101, v = 0.001310251
    """
    # BEGIN SOLUTION Check t; apply the decay; update both averages; correct copies of them; step.
    if t < 1:
        raise ValueError("The first step has t = 1.")
    beta1, beta2 = betas
    if decoupled:
        p = p * (1 - lr * weight_decay)
    else:
        grad = grad + weight_decay * p
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    # Both began at zero and are too small by the factor 1 - betaᵗ. The state itself stays uncorrected.
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    p = p - lr * m_hat / (v_hat.sqrt() + eps)
    return p, m, v
    # END SOLUTION
