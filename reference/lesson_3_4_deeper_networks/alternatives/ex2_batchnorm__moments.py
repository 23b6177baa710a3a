"""Exercise 3.4.2 with torch's variances, the square of the mean, and updates in place on copies."""

import torch


@torch.no_grad()
def batchnorm(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    running_mean, running_var = running_mean.clone(), running_var.clone()
    if not training:
        scale = gamma / (running_var + eps).sqrt()
        return x * scale + (beta - running_mean * scale), running_mean, running_var
    if x.size(0) <= 1:
        raise ValueError("batch too small")
    mean = x.sum(dim=0) / x.size(0)
    var = (x * x).mean(dim=0) - mean * mean
    running_mean.mul_(1 - momentum).add_(mean, alpha=momentum)
    running_var += momentum * (torch.var(x, dim=0) - running_var)
    return (x - mean) * torch.rsqrt(var + eps) * gamma + beta, running_mean, running_var
