"""Checks of exercise 1.2.2: the gradients of the mean squared error of a linear model."""

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
    scaled,
)

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def column(*numbers):
    return torch.tensor(numbers, dtype=torch.float64).reshape(-1, 1)


def gauss(draw):
    """normal data with three features"""
    b = draw.uniform(1, low=0.5, high=1.5)
    return dict(X=draw.normal(11, 3), y=draw.normal(11, 1) - 1, w=draw.normal(3, 1), b=b)


def shift(draw):
    """two features with mean 3"""
    b = draw.uniform(1, low=0.5, high=1.5)
    return dict(X=draw.normal(13, 2) + 3, y=draw.normal(13, 1), w=draw.normal(2, 1) + 2, b=b)


def one_feature(draw):
    """a single feature"""
    b = draw.uniform(1, low=-1.5, high=-0.5)
    return dict(X=draw.normal(9, 1) + 0.5, y=draw.normal(9, 1) + 1, w=draw.normal(1, 1), b=b)


def far(draw):
    """targets around 100,000"""
    b = draw.uniform(1, low=0.5, high=1.5)
    return dict(X=draw.normal(7, 2) + 1, y=draw.normal(7, 1) + 1e5, w=draw.normal(2, 1), b=b)


def one_sample(draw):
    """a single sample"""
    b = draw.uniform(1, low=0.5, high=1.5)
    return dict(X=draw.normal(1, 4), y=draw.normal(1, 1) + 2, w=draw.normal(4, 1), b=b)


def gradients_of(submission, case):
    """Return (grad_w, grad_b), or say that this is not what came back."""
    result = submission.mse_gradients(**case)
    assert_true(isinstance(result, tuple) and len(result) == 2, "Return two tensors, grad_w and grad_b.")
    for gradient, name in zip(result, ("w", "b"), strict=True):
        shape = list(case[name].shape)
        right = isinstance(gradient, torch.Tensor) and list(gradient.shape) == shape
        assert_true(right, f"grad_{name} is a tensor of shape {shape}, as {name} is.")
    return result


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    b = torch.zeros(1, dtype=torch.float64)
    gradients = submission.mse_gradients(column(1, 2, 3), column(2, 4, 5), column(1), b)
    assert_close(gradients, (column(-22 / 3), column(-10 / 3).reshape(1)))


@points(1, "W")
def test_published_gradients(submission, published):
    """gives the published gradients"""
    gradients = submission.mse_gradients(
        published["x_train"], published["y_train"], published["w"].reshape(1, 1), published["b"]
    )
    assert_close(gradients, (column(-1.8337537171510832), column(-3.044811379650508).reshape(1)))


@points(3, "R", gate=True)
@cases(gauss, shift, one_feature, far)
def test_matches_reference(submission, reference, case):
    """gives the right gradients"""
    agree(submission, reference, "mse_gradients", case)


# Not a gate: for one sample the sum is the mean, and several mistakes give the right gradients.
@points(1, "R")
@cases(one_sample)
def test_matches_reference_on_one_sample(submission, reference, case):
    """gives the right gradients"""
    agree(submission, reference, "mse_gradients", case)


@points(2, "FD")
@cases(gauss, one_feature)
def test_slopes_of_the_loss(submission, case):
    """gives the slopes that the loss has when w and b are moved a little"""
    X, y, w, b = case["X"], case["y"], case["w"], case["b"]
    grad_w, grad_b = gradients_of(submission, case)
    slope_w = finite_difference(lambda moved: ((X @ moved + b - y) ** 2).mean(), w)
    slope_b = finite_difference(lambda moved: ((X @ w + moved - y) ** 2).mean(), b)
    assert_close(grad_w, slope_w, rule=FINITE_DIFFERENCE, what="grad_w")
    assert_close(grad_b, slope_b, rule=FINITE_DIFFERENCE, what="grad_b")


@points(1, "INV")
def test_zero_on_a_perfect_fit(submission, draw):
    """gives zero where every prediction is right"""
    # Whole numbers, so that the predictions are right to the last bit.
    X, w = draw.normal(11, 3).mul(4).round(), draw.normal(3, 1).mul(4).round()
    b = torch.tensor([2.0], dtype=torch.float64)
    gradients = submission.mse_gradients(X, X @ w + b, w, b)
    assert_close(gradients, (torch.zeros_like(w), torch.zeros_like(b)), rule=scaled(100.0))


@points(1, "INV")
def test_every_sample_twice(submission, draw):
    """gives the same gradients when every sample is there twice"""
    case = gauss(draw)
    twice = case | {"X": torch.cat([case["X"]] * 2), "y": torch.cat([case["y"]] * 2)}
    assert_close(submission.mse_gradients(**twice), submission.mse_gradients(**case))


@points(1, "INV")
def test_scaled_feature(submission, draw):
    """gives a gradient three times as large for a feature three times as large, at equal predictions"""
    case = gauss(draw)
    scale = torch.tensor([1.0, 3.0, 1.0], dtype=torch.float64)
    grad_w, grad_b = gradients_of(submission, case)
    stretched = case | {"X": case["X"] * scale, "w": case["w"] / scale.reshape(3, 1)}
    assert_close(submission.mse_gradients(**stretched), (grad_w * scale.reshape(3, 1), grad_b))


test_edges = edges("mse_gradients", gauss, "EMPTY", "N1")
test_contract = contract("mse_gradients", gauss)
