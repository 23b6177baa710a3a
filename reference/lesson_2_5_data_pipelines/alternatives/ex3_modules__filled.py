"""Exercise 2.5.3 with parameters that are filled later, a matrix product, and named layers."""

from collections import OrderedDict

import torch
from torch import nn


class ManualLinearRegression(nn.Module):
    def __init__(self):
        super().__init__()
        self.b = nn.Parameter(torch.empty(1))
        self.w = nn.Parameter(torch.empty(1))
        with torch.no_grad():
            self.b.copy_(torch.randn(1))
            self.w.copy_(torch.randn(1))

    def forward(self, x):
        assert x.ndim == 2
        assert x.shape[1] == 1
        y = x @ self.w.unsqueeze(1)
        y = y + self.b
        return y


def make_sequential():
    return nn.Sequential(OrderedDict([("0", nn.Linear(1, 1))]))
