"""Checks of exercise 2.6.1: linear regression with an L2 penalty on the weights."""

import torch

from grader.testing import (
    BY_HAND,
    FINITE_DIFFERENCE,
    Exercise,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    edges,
    finite_difference,
    points,
    printed,
    raises,
)

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def gauss(draw):
    """normal data with 3 features, lam 0.3"""
    return data(draw, 7, 3) | dict(lam=0.3)


def shift(draw):
    """features around 3, lam 1.7"""
    case = data(draw, 11, 2) | dict(lam=1.7)
    return case | dict(X=case["X"] + 3)


def column(draw):
    """one feature, lam 0.8"""
    return data(draw, 9, 1) | dict(lam=0.8)


def square(draw):
    """4 samples with 4 features, lam 0.5"""
    return data(draw, 4, 4) | dict(lam=0.5)


def no_penalty(draw):
    """lam = 0"""
    return gauss(draw) | dict(lam=0.0)


def zero_weights(draw):
    """w = 0"""
    case = gauss(draw)
    return case | dict(w=0 * case["w"])


def negative(draw):
    """a negative lam"""
    return gauss(draw) | dict(lam=-0.3)


def data(draw, n, d):
    return dict(X=draw.normal(n, d), y=draw.normal(n, 1), w=2 * draw.normal(d, 1), b=draw.normal(1) + 2)


def ridge_loss(X, y, w, b, lam):
    return (X @ w + b - y).square().mean() + lam * w.square().sum()


def checked(submission, case):
    """Return loss and gradients, once they are known to be three tensors of the right shapes."""
    found = submission.ridge_loss_and_gradients(**case)
    shapes = [(), case["w"].shape, case["b"].shape]
    fits = isinstance(found, tuple) and [getattr(part, "shape", None) for part in found] == shapes
    assert_true(fits, "The result must be the triple (loss, grad_w, grad_b), with the shapes [], [D, 1] and [1].")
    return found


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    X = torch.tensor([[1], [2], [3]], dtype=torch.float64)
    y = torch.tensor([[2], [4], [5]], dtype=torch.float64)
    one = torch.ones(1, dtype=torch.float64)
    found = submission.ridge_loss_and_gradients(X, y, one.reshape(1, 1), 0 * one, 0.1)
    expected = (3.1 * one[0], -7.1333333333 * one.reshape(1, 1), -3.3333333333 * one)
    assert_close(found, expected, rule=printed(10))


@points(4, "R")
@cases(gauss, shift, column, square)
def test_matches_reference(submission, reference, case):
    """gives the right loss and the right gradients"""
    agree(submission, reference, "ridge_loss_and_gradients", case)


@points(2, "FD")
@cases(gauss, shift)
def test_finite_differences(submission, case):
    """gives the slopes of the loss that one measures"""
    _, grad_w, grad_b = checked(submission, case)
    of_w = finite_difference(lambda w: ridge_loss(**case | dict(w=w)), case["w"])
    of_b = finite_difference(lambda b: ridge_loss(**case | dict(b=b)), case["b"])
    assert_close(grad_w, of_w, rule=FINITE_DIFFERENCE, what="grad_w")
    assert_close(grad_b, of_b, rule=FINITE_DIFFERENCE, what="grad_b")


@points(1, "INV")
@cases(no_penalty)
def test_without_penalty(submission, case):
    """is plain linear regression for lam = 0"""
    error = case["X"] @ case["w"] + case["b"] - case["y"]
    n = len(error)
    expected = (error.square().mean(), 2 * case["X"].T @ error / n, 2 * error.mean(0))
    assert_close(submission.ridge_loss_and_gradients(**case), expected, what="lam = 0")


@points(1, "INV")
@cases(gauss, column)
def test_step(submission, case):
    """pulls a step towards 0 by 2·lr·lam·w"""
    lr = 0.1
    with_penalty, without = (
        case["w"] - lr * checked(submission, case | dict(lam=lam))[1] for lam in (case["lam"], 0.0)
    )
    assert_close(with_penalty - without, -2 * lr * case["lam"] * case["w"], what="the difference of two steps")


@points(1, "INV")
@cases(shift)
def test_linear_in_lam(submission, case):
    """adds the penalty to the loss in proportion to lam"""
    at = {lam: checked(submission, case | dict(lam=lam))[0] for lam in (0.0, 0.5, 2.0)}
    squares = case["w"].square().sum()
    assert_close(at[0.5] - at[0.0], 0.5 * squares, what="loss at lam = 0.5 minus loss at lam = 0")
    assert_close(at[2.0] - at[0.0], 2 * squares, what="loss at lam = 2 minus loss at lam = 0")


@points(1, "EDGE")
@cases(zero_weights)
def test_zero_weights(submission, reference, case):
    """works with weights that are 0"""
    agree(submission, reference, "ridge_loss_and_gradients", case)


@points(1, "EDGE")
@cases(negative)
def test_negative_lam(submission, case):
    """raises ValueError for a negative lam"""
    raises(ValueError, submission, "ridge_loss_and_gradients", case, when=f" for lam={case['lam']}")


test_edges = edges("ridge_loss_and_gradients", gauss, "EMPTY", "N1")
test_contract = contract("ridge_loss_and_gradients", gauss)
