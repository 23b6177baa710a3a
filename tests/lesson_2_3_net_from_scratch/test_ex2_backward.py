"""Checks of exercise 2.3.2: the gradients of a two-layer network."""

import torch

from grader.testing import (
    BY_HAND,
    FINITE_DIFFERENCE,
    Exercise,
    absolute,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    edges,
    finite_difference,
    points,
    printed,
)

EXERCISE = Exercise(points=5, forbid=BY_HAND)


def forward(X, params):
    """Return predictions and hidden activations of the network."""
    h = torch.tanh(X @ params["W1"] + params["b1"])
    return h @ params["W2"] + params["b2"], h


def after_forward(X, y, params):
    """Return the arguments of `backward` after a forward pass of X through params."""
    y_pred, h = forward(X, params)
    return dict(X=X, y=y, params=params, y_pred=y_pred, h=h)


def network(draw, n, d, h, o, *, offset=0.0):
    """Return n samples and a network with d inputs, h hidden units and o outputs, after its forward pass."""
    params = {
        "W1": 0.7 * draw.normal(d, h),
        "b1": 0.5 * draw.normal(h),
        "W2": draw.normal(h, o),
        "b2": draw.normal(o),
    }
    return after_forward(draw.normal(n, d) + offset, draw.normal(n, o), params)


def gauss(draw):
    """7 samples, 3 features, 5 hidden units, 2 outputs"""
    return network(draw, 7, 3, 5, 2)


def one_output(draw):
    """8 samples, 2 features, 5 hidden units, 1 output"""
    return network(draw, 8, 2, 5, 1)


def three_outputs(draw):
    """9 samples, 2 features around 1, 4 hidden units, 3 outputs"""
    return network(draw, 9, 2, 4, 3, offset=1.0)


def square(draw):
    """4 samples, 4 features, 4 hidden units, 4 outputs"""
    return network(draw, 4, 4, 4, 4)


def gradients(submission, case):
    """Return the gradients of a submission, once they are known to have the right keys and shapes."""
    grads = submission.backward(**case)
    shapes = {name: value.shape for name, value in case["params"].items()}
    assert_true(
        isinstance(grads, dict) and {name: getattr(value, "shape", None) for name, value in grads.items()} == shapes,
        "backward must return one gradient for every parameter, with the parameter's shape.",
    )
    return grads


@points(2, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    params = {
        "W1": torch.tensor([[0.1, 0.2], [0.3, 0.4]], dtype=torch.float64),
        "b1": torch.tensor([0, 0.1], dtype=torch.float64),
        "W2": torch.tensor([[0.5], [-0.5]], dtype=torch.float64),
        "b2": torch.tensor([0.2], dtype=torch.float64),
    }
    case = after_forward(
        torch.tensor([[1, 2], [-1, 1]], dtype=torch.float64), torch.tensor([[1], [0]], dtype=torch.float64), params
    )
    expected = {
        "W1": torch.tensor([[-0.3585537569, 0.2313155009], [-0.4965029505, 0.2525640294]], dtype=torch.float64),
        "b1": torch.tensor([-0.2114840480, 0.0912708526], dtype=torch.float64),
        "W2": torch.tensor([[-0.5125573114], [-0.6743206887]], dtype=torch.float64),
        "b2": torch.tensor([-0.7450342684], dtype=torch.float64),
    }
    assert_close(submission.backward(**case), expected, rule=printed(10))


@points(4, "R")
@cases(gauss, one_output, three_outputs, square)
def test_matches_reference(submission, reference, case):
    """gives the right gradients"""
    agree(submission, reference, "backward", case)


@points(2, "FD")
@cases(gauss, one_output)
def test_finite_differences(submission, case):
    """gives the slopes of the loss that one measures by moving every parameter a little"""
    x, y, params = case["X"], case["y"], case["params"]

    def loss_at(name, moved):
        return ((forward(x, params | {name: moved})[0] - y) ** 2).mean()

    expected = {
        name: finite_difference(lambda moved, name=name: loss_at(name, moved), value) for name, value in params.items()
    }
    assert_close(submission.backward(**case), expected, rule=FINITE_DIFFERENCE)


@points(1, "INV")
@cases(gauss)
def test_every_sample_twice(submission, case):
    """gives the same gradients when every sample comes twice"""
    doubled = {name: torch.cat([case[name], case[name]]) for name in ("X", "y", "y_pred", "h")}
    assert_close(submission.backward(**case | doubled), submission.backward(**case))


@points(1, "INV")
@cases(gauss)
def test_hidden_units_permuted(submission, case, draw):
    """permutes the gradients like the hidden units"""
    order = draw.permutation(5)

    def permuted(params):
        return params | {"W1": params["W1"][:, order], "b1": params["b1"][order], "W2": params["W2"][order]}

    grads = gradients(submission, case)
    case = case | {"params": permuted(case["params"]), "h": case["h"][:, order]}
    assert_close(submission.backward(**case), permuted(grads))


@points(1, "INV")
@cases(gauss)
def test_no_output_weights(submission, case):
    """sends nothing back to the hidden layer when W2 is 0"""
    params = case["params"] | {"W2": torch.zeros_like(case["params"]["W2"])}
    grads = gradients(submission, after_forward(case["X"], case["y"], params))
    nothing = {name: torch.zeros_like(params[name]) for name in ("W1", "b1")}
    assert_close({name: grads[name] for name in nothing}, nothing, rule=absolute(1e-12))


test_edges = edges("backward", gauss, "EMPTY", "N1", samples=("X", "y", "y_pred", "h"))
test_contract = contract("backward", gauss)
