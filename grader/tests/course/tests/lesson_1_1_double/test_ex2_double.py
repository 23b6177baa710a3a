"""Checks of exercise 1.1.2: twice a tensor."""

import torch

from grader.testing import Exercise, agree, assert_close, cases, contract, edges, points, printed

EXERCISE = Exercise(points=6)


def gauss(draw):
    """normal data"""
    return {"x": draw.normal(7, 3)}


def vector(draw):
    """a vector"""
    return {"x": draw.normal(5)}


@points(1, "W")
def test_worked_example(submission):
    """doubles (1, 2, 3)"""
    x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    assert_close(submission.double(x), torch.tensor([2.0, 4.0, 6.0], dtype=torch.float64), rule=printed(10))


@points(2, "R")
@cases(gauss, vector)
def test_matches_reference(submission, reference, case):
    """doubles every entry"""
    agree(submission, reference, "double", case)


@points(1, "INV")
def test_additive(submission, draw):
    """gives the sum of two doubles for the double of a sum"""
    x, y = draw.normal(4, 2), draw.normal(4, 2)
    assert_close(submission.double(x + y), submission.double(x) + submission.double(y))


test_contract = contract("double", gauss)
test_edges = edges("double", gauss, "EMPTY", "N1")
