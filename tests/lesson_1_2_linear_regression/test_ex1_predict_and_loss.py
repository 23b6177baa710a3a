"""Checks of exercise 1.2.1: the predictions of a linear model and their mean squared error."""

import torch

from grader.testing import BY_HAND, Exercise, agree, assert_close, assert_true, cases, contract, edges, points, raises

EXERCISE = Exercise(points=2, forbid=BY_HAND)


def column(*numbers):
    return torch.tensor(numbers, dtype=torch.float64).reshape(-1, 1)


def gauss(draw):
    """normal data with three features"""
    return dict(X=draw.normal(11, 3), w=draw.normal(3, 1), b=draw.uniform(1, low=0.5, high=1.5))


def shift(draw):
    """two features with mean 3"""
    return dict(X=draw.normal(13, 2) + 3, w=draw.normal(2, 1), b=draw.uniform(1, low=-1.5, high=-0.5))


def one_sample(draw):
    """a single sample"""
    return dict(X=draw.normal(1, 4), w=draw.normal(4, 1), b=draw.uniform(1, low=0.5, high=1.5))


def one_output(draw):
    """one output, errors around 1"""
    y = draw.normal(7, 1)
    return dict(y_pred=y + draw.normal(7, 1) + 1, y=y)


def two_outputs(draw):
    """two outputs"""
    y = draw.normal(7, 2)
    return dict(y_pred=y + draw.normal(7, 2) + 1, y=y)


def one_row(draw):
    """one sample with three outputs"""
    return dict(y_pred=draw.normal(1, 3) + 2, y=draw.normal(1, 3))


def loss_of(submission, y_pred, y):
    """Return the loss, or say that what came back is not a number."""
    loss = submission.mse_loss(y_pred, y)
    assert_true(isinstance(loss, torch.Tensor | float), "mse_loss returns a tensor with one number.")
    return loss


@points(1, "W")
def test_predict_worked_example(submission):
    """predicts the numbers of the worked example"""
    X = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], dtype=torch.float64)
    b = torch.tensor([0.5], dtype=torch.float64)
    assert_close(submission.predict(X, column(2, -1), b), column(0.5, 2.5, 4.5))


@points(1, "W")
def test_loss_worked_example(submission):
    """gives the loss 3 for the errors -1, -2 and -2"""
    loss = submission.mse_loss(column(1, 2, 3), column(2, 4, 5))
    assert_close(loss, torch.tensor(3.0, dtype=torch.float64))


@points(2, "R")
@cases(gauss, shift, one_sample)
def test_predict_matches_reference(submission, reference, case):
    """predicts the right numbers"""
    agree(submission, reference, "predict", case)


@points(2, "R")
@cases(one_output, two_outputs, one_row)
def test_loss_matches_reference(submission, reference, case):
    """gives the right loss"""
    agree(submission, reference, "mse_loss", case)


@points(1, "INV")
def test_loss_is_symmetric(submission, draw):
    """gives the same loss when predictions and targets change places"""
    case = two_outputs(draw)
    loss = loss_of(submission, case["y_pred"], case["y"])
    assert_close(submission.mse_loss(case["y"], case["y_pred"]), loss)


@points(1, "INV")
def test_loss_ignores_a_common_shift(submission, draw):
    """gives the same loss when the same number is added to predictions and targets"""
    case = two_outputs(draw)
    loss = loss_of(submission, case["y_pred"], case["y"])
    assert_close(submission.mse_loss(case["y_pred"] + 1.75, case["y"] + 1.75), loss)


@points(1, "INV")
def test_loss_grows_with_the_square(submission, draw):
    """gives nine times the loss for three times as large predictions and targets"""
    case = two_outputs(draw)
    loss = loss_of(submission, case["y_pred"], case["y"])
    assert_close(submission.mse_loss(3 * case["y_pred"], 3 * case["y"]), 9 * loss)


@points(1, "EDGE")
def test_loss_refuses_unequal_shapes(submission, draw):
    """raises ValueError for shapes that would broadcast"""
    y_pred, targets = draw.normal(5, 1), draw.normal(5)
    raises(ValueError, submission, "mse_loss", dict(y_pred=y_pred, y=targets))
    raises(ValueError, submission, "mse_loss", dict(y_pred=targets, y=y_pred))
    raises(ValueError, submission, "mse_loss", dict(y_pred=draw.normal(5, 2), y=y_pred))
    raises(ValueError, submission, "mse_loss", dict(y_pred=y_pred, y=draw.normal(1, 1)))


test_predict_edges = edges("predict", gauss, "EMPTY", "N1")
test_loss_edges = edges("mse_loss", two_outputs, "EMPTY", "N1", samples=("y_pred", "y"))
test_predict_contract = contract("predict", gauss)
test_loss_contract = contract("mse_loss", two_outputs)
