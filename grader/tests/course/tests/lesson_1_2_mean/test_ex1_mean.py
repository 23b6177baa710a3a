"""Checks of exercise 1.2.1: the mean of each column."""

import torch

from grader.testing import BY_HAND, Exercise, agree, assert_close, cases, contract, edges, points, printed

EXERCISE = Exercise(points=4, forbid=BY_HAND)


def gauss(draw):
    """normal data"""
    return {"X": draw.normal(7, 3)}


def shift(draw):
    """data far from zero"""
    return {"X": draw.normal(5, 2) + 3}


@points(1, "W")
def test_worked_example(submission):
    """averages the rows (1, 2) and (3, 6)"""
    X = torch.tensor([[1.0, 2.0], [3.0, 6.0]], dtype=torch.float64)
    assert_close(submission.mean(X), torch.tensor([2.0, 4.0], dtype=torch.float64), rule=printed(10))


@points(2, "R")
@cases(gauss, shift)
def test_matches_reference(submission, reference, case):
    """averages each column"""
    agree(submission, reference, "mean", case)


@points(1, "INV")
def test_repeated_rows(submission, draw):
    """gives the same mean when every row comes twice"""
    X = draw.normal(4, 3)
    assert_close(submission.mean(torch.cat([X, X])), submission.mean(X))


test_contract = contract("mean", gauss)
test_edges = edges("mean", gauss, "EMPTY", "N1")
