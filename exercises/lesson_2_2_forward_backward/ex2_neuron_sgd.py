"""Exercise 2.2.2: one sigmoid neuron, trained sample by sample.

This is stochastic gradient descent in its oldest form: look at one sample, take one step, go on to the next. Autograd,
torch.nn, torch.optim and numpy are not allowed.
"""

import torch
from torch import Tensor


def train(X: Tensor, y: Tensor, lr: float, epochs: int) -> tuple[Tensor, Tensor]:
    """Return weight and bias of a sigmoid neuron after `epochs` passes over the samples, in their order.

    `X` [N] holds one number per sample, `y` [N] the targets between 0 and 1. Start with w = b = 0. For every sample:

        forward     a = sigmoid(wx + b)
        backward    delta = 2(a - y)·a(1 - a)          derivative of (a - y)² with respect to wx + b
        update      w decreases by lr·delta·x, b decreases by lr·delta

    The next sample sees the new w and b. Returns `(w, b)`, two 0-dim tensors with the dtype and device of `X`,
    without a graph.

    No samples, or `epochs=0`, gives (0, 0). Inputs as far out as ±1000 must not give NaN.

    Example: X = (-2, -1, 0, 1, 2), y = (0, 0, 0, 1, 1), lr = 0.5. The first sample has a = 0.5 and delta = 0.25, which
    gives w = 0.25 and b = -0.125. In the first epoch

        delta   0.25     0.1966710758    0.2194506455   -0.2480762322   -0.1418874308
        w       0.25     0.3483355379    0.3483355379    0.4723736540    0.6142610847
        b      -0.125   -0.2233355379   -0.3330608606   -0.2090227445   -0.1380790292

    and (w, b) is (0.8991900866, -0.2162701752) after 2 epochs, (1.7376294570, -0.6013749080) after 10,
    (3.8692042729, -1.7954029745) after 100 and (6.4965381901, -3.1392684972) after 1000.
    """
    # TODO: Start at zero in the dtype of X; for every epoch and every sample: forward, backward, update.
    raise NotImplementedError
