"""Exercise 2.5.3: linear regression as a module, once by hand and once from a ready layer.

A module keeps its parameters where optimizers, `state_dict` and `to` find them.
"""

import torch
from torch import Tensor, nn


class ManualLinearRegression(nn.Module):
    """The model b + w·x with two parameters of its own, `b` and `w`, both of shape [1].

    They are the only parameters and have these names in `state_dict()`.
    """

    def __init__(self) -> None:
        """Draw the start values from the normal distribution, by `torch.randn(1)` each: first `b`, then `w`.

        Worked example: after `torch.manual_seed(42)`, on the CPU, b = 0.3367 and w = 0.1288.
        """
        # TODO: Let nn.Module prepare itself first; then make the two parameters, b before w.
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """Return the predictions b + w·x, [N, 1], for inputs `x [N, 1]`; x stays unchanged, N = 0 gives [0, 1].

        Gradients reach both parameters, and the result follows their dtype after `model.to(torch.float64)`.

        Worked example: b = 1, w = 2 and x = ((0.5), (3)) give ((2), (7)).
        """
        # TODO: One line of mathematics, with the parameters themselves.
        raise NotImplementedError


def make_sequential() -> nn.Sequential:
    """Return the same model as an `nn.Sequential` that holds one layer, `nn.Linear(1, 1)`, and nothing else.

    Its `state_dict()` has the keys `0.weight` [1, 1] and `0.bias` [1]. The start values are the layer's own.

    Worked example: after `torch.manual_seed(42)`, on the CPU, the weight is 0.7645385265 and the bias 0.8300079107.
    """
    # TODO: Put the ready layer into a Sequential.
    raise NotImplementedError
