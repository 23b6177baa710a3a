"""Checks of exercise 1.5.2: do two gradients agree?"""

import math

import torch

from grader.testing import BY_HAND, Exercise, agree, assert_close, cases, contract, points, printed

EXERCISE = Exercise(points=2, forbid=BY_HAND)


def good(draw):
    """equal up to one part in ten million"""
    analytic = draw.normal(3, 2)
    return dict(analytic=analytic, numeric=analytic * (1 + 1e-7 * draw.normal(3, 2)))


def doubled(draw):
    """one twice the other"""
    analytic = draw.normal(5)
    return dict(analytic=analytic, numeric=2 * analytic)


def negated(draw):
    """one the negative of the other"""
    analytic = draw.normal(5)
    return dict(analytic=analytic, numeric=-analytic)


def tiny(draw):
    """both near 1e-8, one twice the other"""
    analytic = 1e-8 * draw.normal(4)
    return dict(analytic=analytic, numeric=2 * analytic)


def minute(draw):
    """both near 1e-18, one twice the other"""
    analytic = 1e-18 * draw.normal(4)  # the squares are still numbers of float32
    return dict(analytic=analytic, numeric=2 * analytic)


def huge(draw):
    """both near 1e8, equal up to one part in ten million"""
    case = good(draw)
    return dict(analytic=1e8 * case["analytic"], numeric=1e8 * case["numeric"])


def permuted(draw):
    """equal entries in another order"""
    analytic = draw.normal(5)
    return dict(analytic=analytic, numeric=analytic.roll(1))


def one_wrong(draw):
    """one wrong entry"""
    analytic = draw.normal(4, 2)
    numeric = analytic.clone()
    numeric[2, 1] += draw.uniform(1, low=0.5, high=1.0).item()
    return dict(analytic=analytic, numeric=numeric)


def near_zero(draw):
    """an entry near zero in an otherwise good gradient"""
    case = good(draw)
    case["analytic"][1, 0], case["numeric"][1, 0] = 1e-9, 3e-9
    return case


def unrelated(draw):
    """two unrelated gradients"""
    return dict(analytic=draw.normal(3, 2), numeric=draw.normal(3, 2))


def loose(draw):
    """a difference of one per cent, tol=0.1"""
    analytic = draw.normal(6)
    return dict(analytic=analytic, numeric=1.01 * analytic, tol=0.1)


def strict(draw):
    """one part in ten million, tol=1e-9"""
    return good(draw) | dict(tol=1e-9)


def both_zero(draw):
    """two zero gradients"""
    return dict(analytic=torch.zeros(3, dtype=torch.float64), numeric=torch.zeros(3, dtype=torch.float64))


def analytic_zero(draw):
    """only the analytic gradient zero"""
    return dict(analytic=torch.zeros(3, dtype=torch.float64), numeric=draw.normal(3))


def numeric_zero(draw):
    """only the numeric gradient zero"""
    return dict(analytic=draw.normal(3), numeric=torch.zeros(3, dtype=torch.float64))


def analytic_nan(draw):
    """a NaN in the analytic gradient"""
    return spoilt(draw, "analytic", math.nan)


def numeric_nan(draw):
    """a NaN in the numeric gradient"""
    return spoilt(draw, "numeric", math.nan)


def analytic_infinite(draw):
    """an infinity in the analytic gradient"""
    return spoilt(draw, "analytic", math.inf)


def numeric_infinite(draw):
    """an infinity in the numeric gradient"""
    return spoilt(draw, "numeric", -math.inf)


def unequal_shapes(draw):
    """unequal shapes that broadcast"""
    return dict(analytic=draw.normal(3, 1), numeric=draw.normal(3))


def spoilt(draw, name, value):
    case = good(draw)
    case[name][0, 1] = value
    return case


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    assert_close(submission.gradient_check(pair(3, 0), pair(5, 0), 0.25), (True, 0.25))
    assert_close(submission.gradient_check(pair(3, 0), pair(5, 0), tol=0.2), (False, 0.25))
    assert_close(submission.gradient_check(pair(1, 2), pair(2, 1)), (False, 0.3162277660), rule=printed(10))
    assert_close(submission.gradient_check(pair(1e-8, 0), pair(2e-8, 0)), (False, 1 / 3))


def pair(first, second):
    return torch.tensor([first, second], dtype=torch.float64)


@points(3, "R")
@cases(good, doubled, negated, tiny, huge, permuted, one_wrong, near_zero, unrelated, loose, strict)
def test_matches_reference(submission, reference, case):
    """gives the right verdict and the right error"""
    agree(submission, reference, "gradient_check", case)


@points(1, "INV")
@cases(good, one_wrong, unrelated)
def test_symmetric(submission, case):
    """does not care which of the two gradients comes first"""
    exchanged = dict(analytic=case["numeric"], numeric=case["analytic"])
    assert_close(submission.gradient_check(**exchanged), submission.gradient_check(**case), what="the exchanged pair")


@points(1, "INV")
@cases(good, one_wrong, unrelated)
def test_scale(submission, case):
    """does not change when both gradients are multiplied by the same number"""
    scaled = dict(analytic=-1024 * case["analytic"], numeric=-1024 * case["numeric"])
    assert_close(submission.gradient_check(**scaled), submission.gradient_check(**case), what="the pair times -1024")


@points(1, "EDGE")
@cases(both_zero, analytic_zero, numeric_zero, minute)
def test_zero_gradients(submission, reference, case):
    """is right when gradients are zero, or nearly so"""
    agree(submission, reference, "gradient_check", case)


@points(1, "EDGE")
@cases(analytic_nan, numeric_nan, analytic_infinite, numeric_infinite)
def test_not_finite(submission, reference, case):
    """never passes a NaN or an infinity"""
    agree(submission, reference, "gradient_check", case)


@points(1, "EDGE")
@cases(unequal_shapes)
def test_unequal_shapes(submission, reference, case):
    """refuses gradients of different shapes"""
    agree(submission, reference, "gradient_check", case)


test_contract = contract("gradient_check", unrelated)
