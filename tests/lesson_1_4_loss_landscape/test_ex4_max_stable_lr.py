"""Checks of exercise 1.4.4: the largest learning rate at which linear regression does not diverge."""

import torch

from grader.testing import (
    F_AD,
    F_OPT,
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

EXERCISE = Exercise(points=2, forbid=(F_AD, F_OPT))


def numbers(*values):
    return torch.tensor(values, dtype=torch.float64)


def gauss(draw):
    """three features"""
    return dict(X=draw.normal(11, 3) + numbers(0.5, -1, 2))


def one_feature(draw):
    """a single feature"""
    return dict(X=2 * draw.normal(7, 1) + 1)


def shift(draw):
    """two features with mean 3"""
    return dict(X=draw.normal(13, 2) + 3)


def around_zero(draw):
    """four features around 0, so that no direction is much steeper than the others"""
    return dict(X=draw.normal(15, 4))


def standardised(draw):
    """a standardised feature"""
    x = draw.normal(9, 1)
    return dict(X=(x - x.mean()) / x.std(correction=0))


def hessian_of(X):
    A = torch.cat([torch.ones(len(X), 1, dtype=torch.float64), X], dim=1)
    return 2 / len(X) * A.T @ A


def limit_of(submission, X):
    """Return the result, or say that it is not a positive number."""
    limit = submission.max_stable_lr(X)
    assert_true(isinstance(limit, int | float) and limit > 0, "Return a positive Python number.")
    return limit


def loss_above_optimum(hessian, distance, lr, steps):
    """Return how far the loss is above its minimum after gradient descent that starts at a distance from the optimum.

    Each step multiplies the distance by the matrix I - lr * hessian, and the loss is a polynomial of degree 2.
    """
    factor = torch.eye(len(hessian), dtype=torch.float64) - lr * hessian
    distance = torch.linalg.matrix_power(factor, steps) @ distance
    return float(distance @ hessian @ distance) / 2


@points(1, "W")
def test_worked_example(submission):
    """gives the number of the worked example"""
    assert_close(submission.max_stable_lr(numbers(0, 1).reshape(2, 1)), 0.7639320225, rule=printed(10))


@points(1, "W")
def test_published_limits(submission, published):
    """gives the published limits for x, for 10 x and for standardised x"""
    x = published["x_train"]
    inputs = [x, 10 * x, (x - x.mean()) / x.std(correction=0)]
    limits = [limit_of(submission, one) for one in inputs]
    assert_close(limits[0], 0.8055058612732189, what="the limit for x")
    assert_close(limits[1], 0.030854884472506762, what="the limit for 10 x")
    assert_close(limits[2], 1.0, what="the limit for standardised x")


@points(1, "W")
def test_published_descents(submission, published):
    """parts the published runs: just below the limit they reach the optimum, just above it they leave for ever"""
    x, y = published["x_train"], published["y_train"]
    for inputs in (x, 10 * x, (x - x.mean()) / x.std(correction=0)):
        limit, hessian = limit_of(submission, inputs), hessian_of(inputs)
        A = torch.cat([torch.ones_like(inputs), inputs], dim=1)
        optimum = torch.linalg.solve(A.T @ A, A.T @ y)
        lowest = float(((A @ optimum - y) ** 2).mean())
        distance = torch.cat([published["b"], published["w"]]) - optimum[:, 0]
        reached = lowest + loss_above_optimum(hessian, distance, 0.98 * limit, 2000)
        assert_close(reached, 0.0080446577, rule=printed(10), what="the loss after 2000 steps at 0.98 times the limit")
        left = loss_above_optimum(hessian, distance, 1.02 * limit, 2000)
        assert_true(
            left > 1e60, f"After 2000 steps at 1.02 times the limit the loss is {left:.3g}; it should exceed 1e60."
        )


@points(3, "R", gate=True)
@cases(gauss, one_feature, shift, around_zero)
def test_matches_reference(submission, reference, case):
    """gives the right limit"""
    agree(submission, reference, "max_stable_lr", case)


@points(1, "INV")
@cases(gauss, one_feature)
def test_parts_convergence_from_divergence(submission, case):
    """is the learning rate below which 2000 steps lower the loss, and above which they blow it up"""
    limit, hessian = limit_of(submission, case["X"]), hessian_of(case["X"])
    distance = torch.ones(len(hessian), dtype=torch.float64)
    start = loss_above_optimum(hessian, distance, 0.0, 0)
    below = loss_above_optimum(hessian, distance, 0.98 * limit, 2000)
    assert_true(below < start, "At 0.98 times the result 2000 steps do not lower the loss: the result is too large.")
    steepest = torch.linalg.eigh(hessian).eigenvectors[:, -1]
    start = loss_above_optimum(hessian, steepest, 0.0, 0)
    above = loss_above_optimum(hessian, steepest, 1.02 * limit, 2000)
    assert_true(above > 1e6 * start, "At 1.02 times the result 2000 steps do not diverge: the result is too small.")


@points(1, "INV")
@cases(standardised)
def test_standardised_feature(submission, case):
    """is 1 for every standardised feature"""
    assert_close(submission.max_stable_lr(**case), 1.0)


@points(1, "INV")
@cases(gauss)
def test_order_and_number_of_samples(submission, case, draw):
    """depends neither on the order of the samples nor on how often all of them are there"""
    limit = limit_of(submission, case["X"])
    assert_close(submission.max_stable_lr(case["X"][draw.permutation(11)]), limit, what="the limit in another order")
    assert_close(
        submission.max_stable_lr(case["X"].repeat(3, 1)), limit, what="the limit with every sample three times"
    )


test_edges = edges("max_stable_lr", gauss, "EMPTY", "N1")
test_contract = contract("max_stable_lr", gauss)
