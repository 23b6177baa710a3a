"""Exercise 3.7.3 step by step, back through x̂, the variance and the mean, as one derives it on paper."""

from torch import Tensor


def layernorm_backward(grad_out: Tensor, x: Tensor, gamma: Tensor, eps: float = 1e-5):
    grad_out, x, gamma = grad_out.detach(), x.detach(), gamma.detach()
    D = x.shape[-1]
    mu = x.sum(-1, keepdim=True) / D
    xmu = x - mu
    var = xmu.pow(2).sum(-1, keepdim=True) / D
    std = (var + eps) ** 0.5

    dxhat = grad_out * gamma
    dvar = (dxhat * xmu).sum(-1, keepdim=True) * -0.5 * (var + eps) ** -1.5
    dmu = (-dxhat / std).sum(-1, keepdim=True) + dvar * (-2 * xmu).sum(-1, keepdim=True) / D
    dx = dxhat / std + dvar * 2 * xmu / D + dmu / D
    return dx, (grad_out * xmu / std).sum(0), grad_out.sum(0)
