"""Checks of exercise 1.5.3: how fast the error of a difference quotient shrinks with its step."""

import torch

from grader.testing import BY_HAND, Exercise, agree, assert_close, cases, contract, points, printed, relative

EXERCISE = Exercise(points=2, forbid=BY_HAND)

STEPS = torch.tensor([0.1, 0.03, 0.01, 0.003], dtype=torch.float64)
# The errors of exp at 0.5, computed with 50 decimals.
FORWARD = [0.08525402620368013, 0.02497999324728877, 0.008271153875688011, 0.0024755568438811155]
CENTRAL = [0.0027492430460651384, 0.00024731931971207518, 0.000027478825238768490, 0.0000024730830189372928]


def sine(draw):
    """the sine between 0.3 and 1.2"""
    return dict(f=torch.sin, df=torch.cos, x=point(draw, 0.3, 1.2), hs=steps(draw))


def cubic(draw):
    """a cubic function"""
    a = draw.uniform(3, low=0.5, high=1.5).tolist()
    return dict(
        f=lambda t: a[0] * t**3 - a[1] * t**2 + a[2] * t,
        df=lambda t: 3 * a[0] * t**2 - 2 * a[1] * t + a[2],
        x=point(draw, 1.5, 2.5),
        hs=steps(draw),
    )


def ascending(draw):
    """the sine with the smallest step first"""
    case = sine(draw)
    return case | dict(hs=case["hs"].flip(0))


def one_step(draw):
    """the sine with a single step"""
    return sine(draw) | dict(hs=draw.uniform(1, low=0.01, high=0.1))


def scattered(draw):
    """errors scattered around a power law"""
    return power_law(draw, 2, 0.5)


def nearly_linear(draw):
    """errors near a power law of order 1"""
    return power_law(draw, 1, 0.05)


def point(draw, low, high):
    return draw.uniform(1, low=low, high=high).reshape(())


def steps(draw):
    """Five steps, each about a third of the one before."""
    return 0.1 * 3.0 ** -torch.arange(5) * draw.uniform(5, low=0.8, high=1.2)


def power_law(draw, order, scatter):
    hs = steps(draw)
    return dict(hs=hs, errors=hs**order * (scatter * draw.normal(5)).exp() * draw.uniform(1, low=2, high=5))


@points(1, "W")
def test_worked_errors(submission):
    """gives the errors of the worked example"""
    x = torch.tensor(0.5, dtype=torch.float64)
    errors = submission.difference_errors(torch.exp, torch.exp, x, STEPS)
    assert_close(errors, torch.tensor([FORWARD, CENTRAL], dtype=torch.float64))


@points(1, "W")
def test_worked_orders(submission):
    """gives the orders of the worked example"""
    forward, central = torch.tensor(FORWARD, dtype=torch.float64), torch.tensor(CENTRAL, dtype=torch.float64)
    assert_close(submission.observed_order(STEPS, forward), 1.0090, rule=printed(4), what="the order of row 0")
    assert_close(submission.observed_order(STEPS, central), 2.0001, rule=printed(4), what="the order of row 1")


@points(2, "R")
@cases(sine, cubic, ascending, one_step)
def test_errors(submission, reference, case):
    """measures the errors of both quotients"""
    agree(submission, reference, "difference_errors", case)


@points(2, "R")
@cases(scattered, nearly_linear)
def test_order(submission, reference, case):
    """fits the order to scattered errors"""
    agree(submission, reference, "observed_order", case)


@points(1, "INV")
def test_power_laws(submission, draw):
    """finds the exponent of an exact power law"""
    hs = steps(draw)
    for order in (1.0, 2.0, 3.5):
        errors = draw.uniform(1, low=2, high=5) * hs**order
        assert_close(submission.observed_order(hs, errors), order, what=f"the order of errors C·h^{order}")


@points(1, "INV")
@cases(scattered, nearly_linear)
def test_units(submission, case):
    """does not depend on the units of the steps and of the errors"""
    changed = dict(hs=7 * case["hs"], errors=0.01 * case["errors"])
    assert_close(submission.observed_order(**changed), submission.observed_order(**case), what="the order in new units")


@points(1, "INV")
def test_errors_of_quadratics(submission, draw):
    """knows the errors of a quadratic function: a·h forward, none central"""
    a, hs = 1.5, steps(draw)
    errors = submission.difference_errors(lambda t: a * t**2, lambda t: 2 * a * t, point(draw, 0.3, 1.2), hs)
    assert_close(errors, torch.stack([a * hs, torch.zeros_like(hs)]), rule=relative(1e-8))


test_errors_contract = contract("difference_errors", sine)
test_order_contract = contract("observed_order", scattered)
