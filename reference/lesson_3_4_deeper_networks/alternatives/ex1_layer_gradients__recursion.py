"""Exercise 3.4.1 as a recursion: every layer asks the rest of the network for the error behind it."""

import torch
from torch import Tensor


def slope(activation, z):
    if activation == "identity":
        return 1
    if activation == "relu":
        return torch.where(z > 0, 1.0, 0.0)
    s = torch.sigmoid(z if activation == "sigmoid" else 2 * z)
    return s - s * s if activation == "sigmoid" else 4 * (s - s * s)


def go(h, y, weights, activation):
    """Return the error with respect to h, and the norms of these layers' gradients."""
    z = h @ weights[0]
    if len(weights) == 1:
        d, later = (z - y) / (y.shape[0] * y.shape[1] / 2), []
    else:
        a = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu}.get(activation, torch.clone)(z)
        d, later = go(a, y, weights[1:], activation)
        d = d * slope(activation, z)
    norm = torch.einsum("ni,mi,nj,mj->", h, h, d, d).clamp(min=0).sqrt()  # trace of (hᵀd)ᵀ(hᵀd)
    return d @ weights[0].T, [norm, *later]


def layer_gradient_norms(X: Tensor, y: Tensor, weights, activation) -> Tensor:
    if X.shape[0] == 0:
        raise ValueError("The loss of no samples is not defined")
    with torch.inference_mode():
        return torch.stack(go(X, y, list(weights), activation)[1])
