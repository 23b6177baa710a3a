"""Three nested loops."""

import torch


def collapse(W1, b1, W2, b2):
    D, H, O = W1.shape[0], W1.shape[1], W2.shape[1]
    W = torch.zeros(D, O, dtype=W1.dtype, device=W1.device)
    b = b2.detach().clone()
    for o in range(O):
        for h in range(H):
            b[o] += b1[h].detach() * W2[h, o].detach()
            for d in range(D):
                W[d, o] += W1[d, h].detach() * W2[h, o].detach()
    return W, b
