"""Exercise 2.5.3 with the functional form of the layer, and the Sequential made from a dictionary."""

from collections import OrderedDict

import torch


class ManualLinearRegression(torch.nn.Module):
    b: torch.nn.Parameter

    def __init__(self) -> None:
        super().__init__()
        start = torch.randn(1)
        self.b, self.w = torch.nn.Parameter(start), torch.nn.Parameter(torch.empty(1).normal_())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.linear(x, self.w.unsqueeze(1), self.b)


def make_sequential() -> torch.nn.Sequential:
    return torch.nn.Sequential(OrderedDict({"0": torch.nn.Linear(1, 1)}))
