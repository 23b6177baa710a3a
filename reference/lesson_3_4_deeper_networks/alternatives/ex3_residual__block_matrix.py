"""Exercise 3.4.3 as one product: the skip is an identity matrix beside W2 and beside W1."""

import torch


def eye(t):
    return torch.eye(t.shape[1], dtype=t.dtype, device=t.device)


def residual_forward(x, params):
    x, W1, b1, W2 = (t.detach() for t in (x, params["W1"], params["b1"], params["W2"]))
    h = torch.tanh(torch.addmm(b1, x, W1))
    return torch.cat([x, h], dim=1) @ torch.cat([eye(x), W2]), h


def residual_backward(grad_out, x, h, params):
    grad_out, x, h, W1, W2 = (t.detach() for t in (grad_out, x, h, params["W1"], params["W2"]))
    dz = torch.mm(grad_out, W2.t())
    dz = dz - dz * h * h
    both = torch.cat([grad_out, dz], dim=1)
    one = x.new_ones(len(x), 1)
    first = torch.cat([x, one], dim=1).t() @ dz
    return both @ torch.cat([eye(x), W1], dim=1).t(), {
        "b1": first[-1].clone(),
        "W1": first[:-1],
        "W2": h.t() @ grad_out,
    }
