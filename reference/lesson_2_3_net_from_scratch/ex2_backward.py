"""Exercise 2.3.2: the gradients of a two-layer network.

The forward pass of exercise 2.3.1 has run. Send its error back through both layers. Autograd,
torch.nn, torch.optim and numpy are not allowed.
"""

from torch import Tensor

Params = dict[str, Tensor]


def backward(X: Tensor, y: Tensor, params: Params, y_pred: Tensor, h: Tensor) -> Params:
    """Return the gradients of the mean squared error, with the same keys and shapes as `params`.

    `X` is [N, D], `y` [N, O]. `params` holds W1 [D, H], b1 [H], W2 [H, O] and b2 [O]. `y_pred` [N, O] and `h` [N, H]
    are what the forward pass gave: h = tanh(X W1 + b1), y_pred = h W2 + b2. The loss is the mean over all N·O
    elements of (y_pred - y)². Backpropagation, with ᵀ for the transpose and ⊙ for the product element by element:

        d  = 2(y_pred - y) / (N·O)          dW2 = hᵀ d        db2 = sum of d over the samples
        dz = (d W2ᵀ) ⊙ (1 - h²)             dW1 = Xᵀ dz       db1 = sum of dz over the samples

    Returns a dictionary with the keys "W1", "b1", "W2" and "b2". Dtype and device are those of `X`; the gradients
    share no memory with the arguments and carry no graph. Raises ValueError if N = 0.

    Example: W1 = [[0.1, 0.2], [0.3, 0.4]], b1 = [0, 0.1], W2 = [[0.5], [-0.5]], b2 = [0.2], X = [[1, 2], [-1, 1]],
    y = [[1], [0]] with h = [[0.6043677771, 0.8004990218], [0.1973753202, 0.2913126125]] and
    y_pred = [[0.1019343777], [0.1530313539]] give

        W1: [[-0.3585537569, 0.2313155009], [-0.4965029505, 0.2525640294]]    b1: [-0.2114840480, 0.0912708526]
        W2: [[-0.5125573114], [-0.6743206887]]                                b2: [-0.7450342684]
    """
    # BEGIN SOLUTION Work backwards: first the error of y_pred, then the output layer, then the hidden layer.
    if len(X) == 0:
        raise ValueError("The mean over no samples is not defined.")
    d = 2 * (y_pred - y) / y.numel()  # [N, O]: the derivative of the mean of squares
    # Each output sent its error to every hidden unit through the weight between them; then tanh scales it.
    dz = (d @ params["W2"].T) * (1 - h**2)  # [N, H]
    # A weight's gradient adds, over the samples, its input times the error behind it. A bias has the input 1.
    grads = {"W1": X.T @ dz, "b1": dz.sum(0), "W2": h.T @ d, "b2": d.sum(0)}
    return {name: grad.detach() for name, grad in grads.items()}
    # END SOLUTION
