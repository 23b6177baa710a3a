"""Exercise 2.2.1 as a sum over paths, with every local derivative under its own name."""

import torch


def chain(x, y, w1, w2):
    x, y, w1, w2 = [t.detach() for t in (x, y, w1, w2)]
    z = w1 * x
    h = torch.tanh(z)
    product = w2 * h
    out = product + h
    loss = torch.pow(out - y, 2)

    dloss_dout = 2.0 * out - 2.0 * y
    dout_dproduct = dout_dh_direct = torch.ones_like(out)
    dproduct_dh, dproduct_dw2 = w2, h
    dh_dz = 1 - torch.tanh(z) * torch.tanh(z)
    path_1 = dloss_dout * dout_dproduct * dproduct_dh * dh_dz
    path_2 = dloss_dout * dout_dh_direct * dh_dz
    grads = {}
    grads["loss"] = loss
    grads["dw1"] = path_1 * x + path_2 * x
    grads["dw2"] = dloss_dout * dout_dproduct * dproduct_dw2
    grads["dx"] = path_1 * w1 + path_2 * w1
    return grads
