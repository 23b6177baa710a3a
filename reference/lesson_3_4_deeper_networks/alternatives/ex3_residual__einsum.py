"""Exercise 3.4.3 with einsum, and tanh from the sigmoid."""

import torch


@torch.no_grad()
def residual_forward(x, params):
    h = 2 * torch.sigmoid(2 * (torch.einsum("nd,dh->nh", x, params["W1"]) + params["b1"])) - 1
    return torch.einsum("nh,hd->nd", h, params["W2"]) + x, h


@torch.no_grad()
def residual_backward(grad_out, x, h, params):
    slope = 1 - h.square()
    back = torch.einsum("nd,hd,nh->nh", grad_out, params["W2"], slope)
    gradients = {
        "W2": torch.einsum("nh,nd->hd", h, grad_out),
        "b1": back.sum(dim=0),
        "W1": torch.einsum("nd,nh->dh", x, back),
    }
    return torch.einsum("nh,dh->nd", back, params["W1"]).add_(grad_out), gradients
