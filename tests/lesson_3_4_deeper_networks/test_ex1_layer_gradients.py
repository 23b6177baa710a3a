"""Checks of exercise 3.4.1: how large the gradient is in every layer of a deep network."""

import torch

from grader.testing import (
    BY_HAND,
    Exercise,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    edges,
    points,
    printed,
)

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def network(draw, activation, *sizes, n=7):
    """Return n samples and a network whose layers have these sizes."""
    weights = [draw.normal(a, b) / a**0.5 for a, b in zip(sizes[:-1], sizes[1:])]
    return dict(X=draw.normal(n, sizes[0]), y=draw.normal(n, sizes[-1]), weights=weights, activation=activation)


def tanh(draw):
    """tanh, 3 layers, sizes 4-6-6-2"""
    return network(draw, "tanh", 4, 6, 6, 2)


def sigmoid(draw):
    """sigmoid, 3 layers, sizes 4-6-6-2"""
    return network(draw, "sigmoid", 4, 6, 6, 2)


def relu(draw):
    """relu, 4 layers, sizes 4-8-7-6-2"""
    return network(draw, "relu", 4, 8, 7, 6, 2)


def identity(draw):
    """identity, 3 layers, sizes 4-6-6-2"""
    return network(draw, "identity", 4, 6, 6, 2)


def square(draw):
    """tanh, 3 layers, all sizes 5"""
    return network(draw, "tanh", 5, 5, 5, 5, n=5)


def one_layer(draw):
    """a single layer"""
    return network(draw, "tanh", 4, 2)


def silent_unit(draw):
    """relu, and a hidden unit whose input is exactly 0"""
    case = network(draw, "relu", 4, 6, 2)
    case["weights"][0][:, 2] = 0.0
    return case


def deep(draw):
    """sigmoid, 11 layers of width 8"""
    return network(draw, "sigmoid", *[8] * 12, n=16)


ACTIVATIONS = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu, "identity": lambda z: z}


def by_autograd(X, y, weights, activation):
    """Return the norms from torch's own differentiation."""
    weights = [W.clone().requires_grad_() for W in weights]
    h = X
    for W in weights[:-1]:
        h = ACTIVATIONS[activation](h @ W)
    loss = ((h @ weights[-1] - y) ** 2).mean()
    return torch.stack([gradient.norm() for gradient in torch.autograd.grad(loss, weights)])


def norms_of(submission, case):
    """Return the norms of a submission, once there is one for every layer."""
    norms = submission.layer_gradient_norms(**case)
    assert_true(
        isinstance(norms, torch.Tensor) and norms.shape == (len(case["weights"]),),
        "layer_gradient_norms must return a tensor with one entry for every weight matrix.",
    )
    return norms


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    x = torch.tensor([[1, 2], [-1, 1]], dtype=torch.float64)
    y = torch.tensor([[1], [0]], dtype=torch.float64)
    weights = [
        torch.tensor([[0.1, 0.2], [0.3, 0.4]], dtype=torch.float64),
        torch.tensor([[0.5], [-0.5]], dtype=torch.float64),
    ]
    for activation, expected in (("tanh", [0.9178301067, 1.0486905518]), ("sigmoid", [0.3417244696, 1.0215489241])):
        expected = torch.tensor(expected, dtype=torch.float64)
        norms = submission.layer_gradient_norms(x, y, weights, activation)
        assert_close(norms, expected, rule=printed(10), what=activation)


@points(4, "R")
@cases(tanh, sigmoid, relu, identity, square)
def test_matches_reference(submission, reference, case):
    """gives the right norms"""
    agree(submission, reference, "layer_gradient_norms", case)


@points(1, "INV")
@cases(tanh, relu)
def test_equals_autograd(submission, case):
    """gives the norms of the gradients that autograd finds"""
    assert_close(submission.layer_gradient_norms(**case), by_autograd(**case))


@points(1, "INV")
@cases(identity)
def test_linear_network(submission, case):
    """gives the norms of a product of matrices when the activation is the identity"""
    X, y, (W1, W2, W3) = case["X"], case["y"], case["weights"]
    error = 2 * (X @ W1 @ W2 @ W3 - y) / y.numel()
    gradients = [X.T @ error @ W3.T @ W2.T, W1.T @ X.T @ error @ W3.T, W2.T @ W1.T @ X.T @ error]
    assert_close(submission.layer_gradient_norms(**case), torch.stack([gradient.norm() for gradient in gradients]))


@points(1, "INV")
@cases(deep)
def test_vanishing_gradient(submission, case):
    """finds almost nothing left in the first of eleven sigmoid layers"""
    norms = norms_of(submission, case)
    assert_true(
        0 < float(norms[0]) < 1e-4 * float(norms[-1]),
        "In 11 layers with the sigmoid, the first norm must be less than a ten-thousandth of the last, and not 0.",
    )


@points(1, "EDGE")
@cases(one_layer, silent_unit)
def test_special_networks(submission, reference, case):
    """treats special networks as the task states"""
    agree(submission, reference, "layer_gradient_norms", case)


@points(1, "CON")
@cases(tanh)
def test_float32(submission, case):
    """returns float32 for float32 data"""
    single = {
        "X": case["X"].float(),
        "y": case["y"].float(),
        "weights": [W.float() for W in case["weights"]],
        "activation": "tanh",
    }
    norms = norms_of(submission, single)
    assert_true(norms.dtype == torch.float32, f"The result is {norms.dtype} although the input is torch.float32.")


test_edges = edges("layer_gradient_norms", tanh, "EMPTY", "N1")
test_contract = contract("layer_gradient_norms", tanh, without=("TYPE",))  # TYPE casts no lists: see test_float32
