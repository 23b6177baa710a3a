"""Checks of exercise 3.4.4: layer normalisation."""

import torch

from grader.testing import (
    BY_HAND,
    Exercise,
    absolute,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    edges,
    points,
    printed,
)

EXERCISE = Exercise(points=2, forbid=BY_HAND)


def layer(draw, n, d, **others):
    """Return n samples with d features, and a layer."""
    return dict(x=2 * draw.normal(n, d) + 1, gamma=draw.normal(d) + 2, beta=draw.normal(d), **others)


def gauss(draw):
    """7 samples, 4 features"""
    return layer(draw, 7, 4)


def square(draw):
    """5 samples, 5 features"""
    return layer(draw, 5, 5)


def large_eps(draw):
    """6 samples, 3 features, eps 0.1"""
    return layer(draw, 6, 3, eps=0.1)


def small_rows(draw):
    """7 samples, 4 features, values around 0.001"""
    return dict(x=1e-3 * draw.normal(7, 4), gamma=draw.normal(4) + 2, beta=draw.normal(4))


def constant_rows(draw):
    """rows of equal numbers"""
    case = layer(draw, 3, 4)
    return case | {"x": torch.tensor([[1.5], [-2.0], [0.0]], dtype=torch.float64).expand(3, 4).clone()}


def one_feature(draw):
    """samples with a single feature"""
    return layer(draw, 5, 1)


def normalised(submission, case):
    """Return the result of a submission, once it has the right shape."""
    out = submission.layernorm_forward(**case)
    assert_true(
        isinstance(out, torch.Tensor) and out.shape == case["x"].shape,
        "layernorm_forward must return a tensor of the shape of x.",
    )
    return out


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    x = torch.tensor([[1, 2, 3, 4]], dtype=torch.float64)
    expected = torch.tensor([[-1.3416354200, -0.4472118067, 0.4472118067, 1.3416354200]], dtype=torch.float64)
    result = submission.layernorm_forward(x, torch.ones_like(x[0]), torch.zeros_like(x[0]))
    assert_close(result, expected, rule=printed(10))


@points(3, "R")
@cases(gauss, square, large_eps, small_rows)
def test_matches_reference(submission, reference, case):
    """gives the right output"""
    agree(submission, reference, "layernorm_forward", case)


@points(1, "INV")
@cases(gauss, large_eps)
def test_equals_torch(submission, case):
    """equals torch's own layer normalisation"""
    x, gamma, beta = case["x"], case["gamma"], case["beta"]
    expected = torch.nn.functional.layer_norm(x, gamma.shape, gamma, beta, case.get("eps", 1e-5))
    assert_close(submission.layernorm_forward(**case), expected)


@points(1, "INV")
@cases(gauss)
def test_rows_are_independent(submission, case):
    """treats every row by itself"""
    out = normalised(submission, case)
    assert_close(submission.layernorm_forward(**case | {"x": case["x"][2:4]}), out[2:4])


@points(1, "INV")
@cases(gauss)
def test_shift_and_scale(submission, case, draw):
    """gives the same when a row is shifted, and nearly the same when it is made three times as large"""
    out = normalised(submission, case)
    moved = case["x"] + 3 * draw.normal(7, 1)
    assert_close(submission.layernorm_forward(**case | {"x": moved}), out, what="the output after the shift")
    # eps is the only thing that does not grow with the row: take rows beside which it counts for nothing
    large = normalised(submission, case | {"x": 1e4 * case["x"]})
    larger = submission.layernorm_forward(**case | {"x": 3e4 * case["x"]})
    assert_close(larger, large, rule=absolute(1e-6), what="the output after scaling")


@points(1, "EDGE")
@cases(constant_rows, one_feature)
def test_constant_rows(submission, case):
    """gives beta for a row of equal numbers"""
    expected = case["beta"].expand_as(case["x"])
    assert_close(submission.layernorm_forward(**case), expected, rule=absolute(1e-9))


test_edges = edges("layernorm_forward", gauss, "EMPTY", "N1")
test_contract = contract("layernorm_forward", gauss)
