"""Checks of exercise 2.4.1: the derivatives of four activations."""

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
    finite_difference,
    points,
    printed,
)

EXERCISE = Exercise(points=5, forbid=BY_HAND)

FUNCTIONS = ("relu_derivative", "leaky_relu_derivative", "sigmoid_derivative", "tanh_derivative")


def gauss(draw):
    """normal numbers"""
    return dict(z=draw.normal(9))


def grid(draw):
    """a matrix of numbers around ±2"""
    return dict(z=torch.cat([draw.normal(4, 3) - 2, draw.normal(2, 3) + 2]))


def cube(draw):
    """three dimensions"""
    return dict(z=1.5 * draw.normal(2, 3, 4))


def steep(draw):
    """normal numbers, slope 0.2"""
    return gauss(draw) | dict(slope=0.2)


def flat(draw):
    """a matrix, slope -0.5"""
    return grid(draw) | dict(slope=-0.5)


def zero(draw):
    """z = 0 among other numbers"""
    return dict(z=torch.cat([draw.normal(2), torch.zeros(2, dtype=torch.float64), draw.normal(2)]))


def zero_slope(draw):
    """z = 0 among other numbers, slope 0.2"""
    return zero(draw) | dict(slope=0.2)


def scalar(draw):
    """a tensor without dimensions"""
    return dict(z=draw.normal(1)[0])


def empty(draw):
    """no numbers"""
    return dict(z=draw.normal(0, 3))


def far(draw):
    """numbers up to ±1000 among small ones"""
    large = draw.uniform(3, low=800.0, high=1000.0)
    return dict(z=torch.cat([draw.normal(2), large, -large]))


def tiny(draw):
    """numbers hardly above and below 0"""
    return dict(z=torch.cat([draw.normal(2), torch.tensor([1e-7, -1e-7, 1e-30, -1e-30], dtype=torch.float64)]))


def narrow(draw):
    """float32 numbers"""
    return dict(z=draw.normal(7).float())


def away(draw):
    """numbers between 0.1 and 2 in size"""
    size = draw.uniform(8, low=0.1, high=2.0)
    return dict(z=size * torch.tensor([1, -1] * 4))


@points(1, "W")
def test_worked_kinks(submission):
    """gives the numbers of the worked examples of both ReLUs"""
    z = torch.tensor([-2, 0, 1], dtype=torch.float64)
    assert_close(submission.relu_derivative(z), torch.tensor([0, 0, 1.0]), what="relu_derivative")
    assert_close(submission.leaky_relu_derivative(z), torch.tensor([0.01, 0.01, 1], dtype=torch.float64))
    assert_close(submission.leaky_relu_derivative(z, 0.2), torch.tensor([0.2, 0.2, 1], dtype=torch.float64))


@points(1, "W")
def test_worked_curves(submission):
    """gives the numbers of the worked examples of sigmoid and tanh"""
    z = torch.tensor([0, 1], dtype=torch.float64)
    sigmoid = torch.tensor([0.25, 0.1966119332], dtype=torch.float64)
    tanh = torch.tensor([1, 0.4199743416], dtype=torch.float64)
    assert_close(submission.sigmoid_derivative(z), sigmoid, rule=printed(10), what="sigmoid_derivative")
    assert_close(submission.tanh_derivative(z), tanh, rule=printed(10), what="tanh_derivative")


@points(1, "R")
@cases(gauss, grid, cube)
def test_relu(submission, reference, case):
    """gives the derivative of ReLU"""
    agree(submission, reference, "relu_derivative", case)


@points(1, "R")
@cases(gauss, steep, flat)
def test_leaky_relu(submission, reference, case):
    """gives the derivative of leaky ReLU"""
    agree(submission, reference, "leaky_relu_derivative", case)


@points(1, "R")
@cases(gauss, grid, cube)
def test_sigmoid(submission, reference, case):
    """gives the derivative of the sigmoid"""
    agree(submission, reference, "sigmoid_derivative", case)


@points(1, "R")
@cases(gauss, grid, cube)
def test_tanh(submission, reference, case):
    """gives the derivative of tanh"""
    agree(submission, reference, "tanh_derivative", case)


@points(2, "FD")
@cases(away)
def test_finite_differences(submission, case):
    """gives the slopes that one measures"""
    curves = (
        ("relu_derivative", lambda z: z.clamp(min=0)),
        ("leaky_relu_derivative", lambda z: torch.where(z > 0, z, 0.01 * z)),
        ("sigmoid_derivative", torch.sigmoid),
        ("tanh_derivative", torch.tanh),
    )
    for name, curve in curves:
        slopes = finite_difference(lambda z, curve=curve: curve(z).sum(), case["z"])
        assert_close(getattr(submission, name)(**case), slopes, rule=FINITE_DIFFERENCE, what=name)


@points(1, "INV")
@cases(gauss, grid)
def test_even(submission, case):
    """gives the same at z and -z for sigmoid and tanh"""
    for name in ("sigmoid_derivative", "tanh_derivative"):
        function = getattr(submission, name)
        assert_close(function(-case["z"]), function(case["z"]), what=f"{name} at -z")


@points(1, "INV")
@cases(cube, away)
def test_bounds(submission, case):
    """keeps the derivative of the sigmoid between 0 and 1/4"""
    found = submission.sigmoid_derivative(**case)
    is_tensor = isinstance(found, torch.Tensor) and found.shape == case["z"].shape
    assert_true(is_tensor, "`sigmoid_derivative` must return a tensor of the shape of z.")
    assert_true(
        bool(((found >= 0) & (found <= 0.25)).all()), "The sigmoid is nowhere steeper than 1/4, and never falls."
    )


@points(1, "INV")
@cases(grid, zero)
def test_slope_one(submission, case):
    """gives 1 everywhere for a leaky ReLU of slope 1"""
    found = submission.leaky_relu_derivative(case["z"], 1.0)
    assert_close(found, torch.ones_like(case["z"]), what="leaky_relu_derivative with slope 1")


@points(1, "EDGE")
@cases(zero, tiny, empty, far, scalar, narrow)
def test_edges(submission, reference, case):
    """is right at the kink and beside it, far out, for no numbers, and in float32"""
    for name in FUNCTIONS:
        agree(submission, reference, name, case)


@points(1, "EDGE")
@cases(zero_slope)
def test_kink_with_slope(submission, reference, case):
    """takes the left value at the kink for another slope, too"""
    agree(submission, reference, "leaky_relu_derivative", case)


test_relu_contract = contract("relu_derivative", gauss)
test_leaky_relu_contract = contract("leaky_relu_derivative", steep)
test_sigmoid_contract = contract("sigmoid_derivative", gauss)
test_tanh_contract = contract("tanh_derivative", gauss)
