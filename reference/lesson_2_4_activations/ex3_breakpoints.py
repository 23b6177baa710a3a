"""Exercise 2.4.3: where a ReLU network bends.

With one input and one output the network is a line with kinks. Each hidden unit can put one kink somewhere.
"""

import torch
from torch import Tensor


def relu_breakpoints(W1: Tensor, b1: Tensor, W2: Tensor) -> Tensor:
    """Return the points x at which the slope of f(x) = relu(x W1 + b1) W2 changes, in increasing order.

    Shapes: `W1 [1, H]`, `b1 [H]`, `W2 [H, 1]`; the result is `[M]` with M <= H, of the dtype of `W1`. (A bias of the
    output would move f up and down and bend nothing.)

    Unit h switches on or off where w·x + b = 0, for w = W1[0, h] and b = b1[h]: at x = -b/w. With w = 0 it never does. On
    its way through this point, from left to right, it changes the slope of f by |w|·W2[h, 0].

    Points that are equal within 1e-9 are one point. There the slope changes by the sum of the units' changes; the point
    is a breakpoint if this sum is larger than 1e-9 in size. Two kinks at one point can cancel, and a unit with W2 = 0
    has none. With no units or no breakpoints the result is an empty tensor [0].

    Worked examples:
        W1 = ((1, 0, -2)), b1 = (1, 3, 1),  W2 = 1                  -> (-1, 0.5)    the second unit has w = 0
        W1 = ((1, 2, -1)), b1 = (1, 2, 0.5), W2 = 1                 -> (-1, 0.5)    the first two units bend at -1
        W1 = ((1, -1, 1)), b1 = (1, -1, -3), W2 = ((1), (-1), (1))  -> (3)          at -1 the changes 1 and -1 cancel
    """
    # BEGIN SOLUTION Collect point and change of every unit with w ≠ 0, sort, merge equal points, keep what still bends.
    weights, biases, outputs = W1[0].tolist(), b1.tolist(), W2[:, 0].tolist()
    kinks = sorted((-b / w, abs(w) * v) for w, b, v in zip(weights, biases, outputs) if w != 0)
    merged: list[list[float]] = []
    for point, change in kinks:
        if merged and point - merged[-1][0] <= 1e-9:
            merged[-1][1] += change
        else:
            merged.append([point, change])
    return torch.tensor([point for point, change in merged if abs(change) > 1e-9], dtype=W1.dtype, device=W1.device)
    # END SOLUTION
