"""Checks of exercise 1.5.1: the gradient of any function, by measuring."""

import torch

from grader.testing import (
    BY_HAND,
    Exercise,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    points,
    relative,
    spy,
)

EXERCISE = Exercise(points=3, forbid=BY_HAND)

# Two right programs add and subtract the step differently; with the default step their last digits are divided by 1e-5.
DEFAULT_STEP = relative(1e-8)


def quadratic(draw):
    """a quadratic function of a matrix, eps=0.01"""
    return dict(f=parabola(draw.normal(6, 6), draw.normal(6)), theta=draw.normal(2, 3), eps=0.01)


def cubic(draw):
    """a cubic function of five parameters, eps=0.01"""
    weights = draw.uniform(5, low=0.5, high=1.5)

    def f(theta):
        return (weights.to(theta.dtype) * theta**3).sum() + theta[0] * theta[1] - 2 * theta[3] * theta[4]

    return dict(f=f, theta=draw.uniform(5, low=0.5, high=1.5), eps=0.01)


def product(draw):
    """the product of four parameters, eps=0.01"""
    return dict(f=torch.prod, theta=draw.uniform(4, low=0.5, high=1.5), eps=0.01)


def quadratic_default(draw):
    """a quadratic function of a matrix, default eps"""
    return without_eps(quadratic(draw))


def cubic_default(draw):
    """a cubic function of five parameters, default eps"""
    return without_eps(cubic(draw))


def product_default(draw):
    """the product of four parameters, default eps"""
    return without_eps(product(draw))


def scalar(draw):
    """a 0-dim theta"""
    return dict(f=lambda theta: theta**3, theta=draw.uniform(1, low=0.5, high=1.5).reshape(()), eps=0.01)


def no_entries(draw):
    """a theta without entries"""
    return dict(f=torch.sum, theta=draw.normal(0), eps=0.01)


def three_dimensions(draw):
    """a theta with three dimensions"""
    return dict(f=parabola(draw.normal(12, 12), draw.normal(12)), theta=draw.normal(2, 3, 2), eps=0.01)


def parabola(A, c):
    def f(theta):
        v = theta.reshape(-1)
        return v @ A.to(v.dtype) @ v / 2 + c.to(v.dtype) @ v

    return f


def large_parameters(draw):
    """parameters around 20, default eps"""
    return dict(f=torch.sum, theta=draw.uniform(3, low=15, high=25))


def without_eps(case):
    return dict(f=case["f"], theta=case["theta"])


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    theta = torch.tensor([1.0, 2.0], dtype=torch.float64)
    gradient = submission.numerical_gradient(lambda v: (v**3).sum(), theta, 0.1)
    assert_close(gradient, torch.tensor([3.01, 12.01], dtype=torch.float64))


@points(3, "R")
@cases(quadratic, cubic, product)
def test_matches_reference(submission, reference, case):
    """gives the central differences for a step of 0.01"""
    agree(submission, reference, "numerical_gradient", case)


@points(1, "R")
@cases(quadratic_default, cubic_default, product_default)
def test_default_step(submission, reference, case):
    """chooses the step from the dtype"""
    agree(submission, reference, "numerical_gradient", case, rule=DEFAULT_STEP)


@points(1, "INV")
def test_exact_for_quadratics(submission, draw):
    """is exact for a quadratic function, whatever the step"""
    A, c, theta = draw.normal(4, 4), draw.normal(4), draw.normal(4)
    exact = (A + A.T) @ theta / 2 + c
    for eps in (0.001, 0.3, 2.0):
        gradient = submission.numerical_gradient(parabola(A, c), theta, eps)
        assert_close(gradient, exact, rule=relative(1e-8), what=f"the gradient with eps={eps}")


@points(1, "T")
@cases(quadratic, cubic_default)
def test_number_of_calls(submission, case):
    """calls f twice for every entry"""
    answer = submission.answer("numerical_gradient", case | dict(f=spy("f", case["f"])))
    calls, entries = len(answer.trace), case["theta"].numel()
    assert_true(calls == 2 * entries, f"f was called {calls} times for {entries} entries, not {2 * entries} times.")


@points(1, "T")
@cases(quadratic, cubic)
def test_one_entry_moves(submission, case):
    """moves one entry at a time"""
    answer = submission.answer("numerical_gradient", case | dict(f=spy("f", case["f"])))
    assert_true(answer.trace, "f was never called, so no slope can have been measured.")
    for number, (_, arguments) in enumerate(answer.trace, start=1):
        point = arguments[0]
        assert_true(
            torch.is_tensor(point) and point.shape == case["theta"].shape, "f takes a tensor shaped like theta."
        )
        # Adding and subtracting the step may leave a rounding error behind; that is no step.
        moved = int(((point - case["theta"]).abs() > 1e-6).sum())
        assert_true(moved <= 1, f"In call {number} of f {moved} entries of theta had moved, not one.")


@points(1, "T")
@cases(cubic_default, large_parameters)
def test_size_of_the_default_step(submission, case):
    """takes the cube root of the machine epsilon as its step"""
    answer = submission.answer("numerical_gradient", case | dict(f=spy("f", case["f"])))
    steps = [float((arguments[0] - case["theta"]).abs().max()) for _, arguments in answer.trace]
    expected = torch.finfo(torch.float64).eps ** (1 / 3)
    assert_true(
        steps and expected / 1.5 < max(steps) < expected * 1.5,
        f"Without `eps` the step must be about {expected:.2g}; the largest that f saw was {max(steps, default=0):.2g}.",
    )


@points(3, "EDGE")
@cases(scalar, no_entries, three_dimensions)
def test_edges(submission, reference, case):
    """accepts a theta of any shape"""
    agree(submission, reference, "numerical_gradient", case)


@points(1, "EDGE")
def test_float32(submission):
    """takes a step that float32 can resolve"""
    theta = torch.tensor([0.7, -1.3, 0.4, 1.9], dtype=torch.float32)
    gradient = submission.numerical_gradient(lambda v: v.exp().sum(), theta)
    assert_close(gradient, theta.exp(), rule=relative(1e-3), what="the gradient in float32")


test_contract = contract("numerical_gradient", quadratic)
