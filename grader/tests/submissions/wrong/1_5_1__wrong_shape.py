import torch


def numerical_gradient(f, theta, eps=None):
    if eps is None:
        eps = torch.finfo(theta.dtype).eps ** (1 / 3)
    flat = theta.detach().flatten()
    grads = []
    for i in range(len(flat)):
        up, down = flat.clone(), flat.clone()
        up[i] += eps
        down[i] -= eps
        grads.append((f(up.reshape(theta.shape)) - f(down.reshape(theta.shape))) / (2 * eps))
    return torch.tensor(grads, dtype=theta.dtype, device=theta.device)
