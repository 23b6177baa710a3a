"""Exercise 3.4.3: a residual block, forward and backward.

The block adds what it has learnt to what it was given. The gradient takes both ways back.
"""

import torch
from torch import Tensor

Params = dict[str, Tensor]


def residual_forward(x: Tensor, params: Params) -> tuple[Tensor, Tensor]:
    """Return `(out, h)`: the output of the block [N, D] and its hidden activation [N, H].

    `x` is [N, D]. `params` holds W1 [D, H], b1 [H] and W2 [H, D]:

        h = tanh(x W1 + b1)        out = x + h W2

    Dtype and device are those of `x`. Both results are new tensors without a graph; the arguments stay as they are.
    With N = 0 both have no rows.

    Example: x = [[1, 2]], W1 = [[0.1], [0.2]], b1 = [-0.1], W2 = [[0.5, -1]] give h = [[0.3799489623]] and
    out = [[1.1899744811, 1.6200510377]].
    """
    # BEGIN SOLUTION The branch is tanh of a linear layer, times W2; add it to the input.
    h = torch.tanh(x @ params["W1"] + params["b1"])
    out = x + h @ params["W2"]
    return out.detach(), h.detach()
    # END SOLUTION


def residual_backward(grad_out: Tensor, x: Tensor, h: Tensor, params: Params) -> tuple[Tensor, Params]:
    """Return `(grad_x, gradients)` of a loss, given its gradient `grad_out` [N, D] with respect to the block's output.

    `x` [N, D], `h` [N, H] and `params` are those of the forward pass. `grad_x` is [N, D]; `gradients` has the keys "W1",
    "b1" and "W2" and the shapes of the parameters. `grad_out` already contains any 1/N of the loss, so nothing is
    averaged here: parameter gradients are sums over the samples. With ⊙ for the product element by element:

        dz = (grad_out W2ᵀ) ⊙ (1 - h²)        the error behind tanh
        grad_x = grad_out + dz W1ᵀ            both ways: the skip and the branch

    and dW1, db1, dW2 follow from dz, x, h and grad_out as in lesson 2.3. Dtype and device are those of `grad_out`; all
    results are new tensors without a graph. With N = 0 `grad_x` has no rows and the other gradients are 0.

    Example: with the numbers of `residual_forward` and grad_out = [[1, 1]]: grad_x = [[0.9572180607, 0.9144361214]],
    W1 = [[-0.4278193930], [-0.8556387861]], b1 = [-0.4278193930], W2 = [[0.3799489623, 0.3799489623]].
    """
    # BEGIN SOLUTION Go back through the branch as in lesson 2.3; the input's gradient adds what came through the skip.
    dz = (grad_out @ params["W2"].T) * (1 - h**2)  # [N, H]
    grad_x = grad_out + dz @ params["W1"].T
    gradients = {"W1": x.T @ dz, "b1": dz.sum(0), "W2": h.T @ grad_out}
    gradients = {name: gradient.detach() for name, gradient in gradients.items()}
    return grad_x.detach(), gradients
    # END SOLUTION
