"""Exercise 2.2.1 as a class that keeps what its forward pass found."""

import torch


class Graph:
    def __init__(self, x, y, w1, w2):
        self.x, self.y, self.w1, self.w2 = (t.detach() for t in (x, y, w1, w2))

    def forward(self):
        self.h = (self.w1 * self.x).tanh()
        self.out = torch.addcmul(self.h, self.w2, self.h)
        return (self.out - self.y).square()

    def backward(self):
        d_out = self.out.sub(self.y).mul(2)
        dh = d_out.clone()
        dh += d_out * self.w2
        dz = dh.mul_(1 - self.h.pow(2))
        return {"dw1": dz * self.x, "dw2": d_out * self.h, "dx": dz * self.w1}


def chain(x, y, w1, w2):
    g = Graph(x, y, w1, w2)
    return {"loss": g.forward(), **g.backward()}
