"""Checks of exercise 2.3.1: the forward pass of a two-layer network, and its loss."""

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
    raises,
)

EXERCISE = Exercise(points=2, forbid=BY_HAND)


def network(draw, n, d, h, o):
    """Return n inputs and the parameters of a network with d inputs, h hidden units and o outputs."""
    params = {
        "W1": 0.7 * draw.normal(d, h),
        "b1": draw.normal(h),
        "W2": draw.normal(h, o),
        "b2": draw.normal(o) + 1,
    }
    return dict(X=draw.normal(n, d), params=params)


def gauss(draw):
    """7 samples, 3 features, 5 hidden units, 2 outputs"""
    return network(draw, 7, 3, 5, 2)


def one_output(draw):
    """8 samples, 2 features, 4 hidden units, 1 output"""
    return network(draw, 8, 2, 4, 1)


def square(draw):
    """4 of everything, with inputs around 3"""
    case = network(draw, 4, 4, 4, 4)
    return case | {"X": case["X"] + 3}


def two_columns(draw):
    """7 predictions of 2 numbers"""
    return dict(y_pred=draw.normal(7, 2), y=draw.normal(7, 2))


def one_column(draw):
    """9 predictions of 1 number"""
    return dict(y_pred=draw.normal(9, 1), y=draw.normal(9, 1) + 1)


def rows_and_vector(draw):
    """predictions [7, 1], targets [7]"""
    return dict(y_pred=draw.normal(7, 1), y=draw.normal(7))


def unequal_columns(draw):
    """predictions [7, 2], targets [7, 1]"""
    return dict(y_pred=draw.normal(7, 2), y=draw.normal(7, 1))


def unequal_lengths(draw):
    """predictions [7, 1], targets [6, 1]"""
    return dict(y_pred=draw.normal(7, 1), y=draw.normal(6, 1))


@points(1, "W")
def test_worked_forward(submission):
    """gives the hidden activations and predictions of the worked example"""
    params = {
        "W1": torch.tensor([[0.1, 0.2], [0.3, 0.4]], dtype=torch.float64),
        "b1": torch.tensor([0, 0.1], dtype=torch.float64),
        "W2": torch.tensor([[0.5], [-0.5]], dtype=torch.float64),
        "b2": torch.tensor([0.2], dtype=torch.float64),
    }
    x = torch.tensor([[1, 2], [-1, 1]], dtype=torch.float64)
    h = torch.tensor([[0.6043677771, 0.8004990218], [0.1973753202, 0.2913126125]], dtype=torch.float64)
    y_pred = torch.tensor([[0.1019343777], [0.1530313539]], dtype=torch.float64)
    assert_close(submission.forward(x, params), (y_pred, {"h": h}), rule=printed(10))


@points(1, "W")
def test_worked_loss(submission):
    """gives the loss of the worked example"""
    y_pred = torch.tensor([[0.1019343777], [0.1530313539]], dtype=torch.float64)
    y = torch.tensor([[1], [0]], dtype=torch.float64)
    assert_close(submission.loss(y_pred, y), torch.tensor(0.4149702286, dtype=torch.float64), rule=printed(9))


@points(3, "R")
@cases(gauss, one_output, square)
def test_forward(submission, reference, case):
    """gives the right predictions and hidden activations"""
    agree(submission, reference, "forward", case)


@points(2, "R")
@cases(two_columns, one_column)
def test_loss(submission, reference, case):
    """gives the right loss"""
    agree(submission, reference, "loss", case)


@points(1, "INV")
@cases(gauss)
def test_hidden_units_permuted(submission, case, draw):
    """gives the same predictions when the hidden units change places"""
    order = draw.permutation(5)
    params = case["params"]
    permuted = params | {"W1": params["W1"][:, order], "b1": params["b1"][order], "W2": params["W2"][order]}
    result = submission.forward(**case)
    assert_true(
        isinstance(result, tuple)
        and len(result) == 2
        and isinstance(result[1], dict)
        and isinstance(result[1].get("h"), torch.Tensor)
        and result[1]["h"].shape == (7, 5),
        'forward must return the predictions and a dictionary with "h" [N, H].',
    )
    y_pred, cache = result
    assert_close(submission.forward(case["X"], permuted), (y_pred, {"h": cache["h"][:, order]}))


@points(1, "T")
@cases(gauss)
def test_params_unchanged(submission, case):
    """leaves the parameters as they are"""
    changed = [path for path in submission.answer("forward", case).mutated if path.startswith("params")]
    assert_true(not changed, f"forward changed its argument {', '.join(changed)}.")


@points(3, "EDGE")
@cases(rows_and_vector, unequal_columns, unequal_lengths)
def test_unequal_shapes(submission, case):
    """raises ValueError in loss when the shapes are not equal"""
    raises(ValueError, submission, "loss", case)


test_forward_edges = edges("forward", gauss, "EMPTY", "N1")
test_loss_edges = edges("loss", two_columns, "EMPTY", "N1", samples=("y_pred", "y"))
test_forward_contract = contract("forward", gauss)
test_loss_contract = contract("loss", two_columns)
