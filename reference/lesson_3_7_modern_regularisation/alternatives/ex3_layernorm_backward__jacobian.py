"""Exercise 3.7.3 with the matrix of derivatives of a row, (I - 1/D - x̂x̂ᵀ/D) / s, applied to q."""

import torch


@torch.no_grad()
def layernorm_backward(grad_out, x, gamma, eps=1e-5):
    d = x.shape[1]
    eye = torch.eye(d, dtype=x.dtype, device=x.device)
    var, mean = torch.var_mean(x, dim=1, correction=0, keepdim=True)
    rstd = torch.rsqrt(var + eps)
    x_hat = (x - mean) * rstd
    jacobian = (eye - 1 / d - x_hat[:, :, None] * x_hat[:, None, :] / d) * rstd[:, :, None]
    grad_x = torch.einsum("ni,nij->nj", grad_out * gamma, jacobian)
    return grad_x, torch.einsum("nd,nd->d", grad_out, x_hat), torch.einsum("nd->d", grad_out)
