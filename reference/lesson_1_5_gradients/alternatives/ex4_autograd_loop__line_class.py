"""A class with parameters and zero_grad, as in torch.nn, but written by hand."""

import torch


class Line:
    def __init__(self, b, w):
        self.b = torch.tensor(b.tolist(), dtype=b.dtype, device=b.device, requires_grad=True)
        self.w = torch.tensor(w.tolist(), dtype=w.dtype, device=w.device, requires_grad=True)

    def parameters(self):
        return [self.b, self.w]

    def zero_grad(self):
        for p in self.parameters():
            p.grad = None

    def __call__(self, x):
        return self.b + self.w * x


def train_autograd(x, y, b, w, lr, epochs):
    model = Line(b, w)
    losses = []
    if x.numel():
        x, y = x.detach(), y.detach()
        for _ in range(epochs):
            model.zero_grad()
            loss = torch.mean(torch.square(model(x) - y))
            loss.backward()
            for p in model.parameters():
                with torch.no_grad():
                    p.sub_(p.grad, alpha=lr)
            losses.append(loss.item())
    return model.b.detach().clone(), model.w.detach().clone(), losses
