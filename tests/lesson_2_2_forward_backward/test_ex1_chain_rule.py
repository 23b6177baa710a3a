"""Checks of exercise 2.2.1: the chain rule on a small graph."""

import torch

from grader.testing import (
    BY_HAND,
    FINITE_DIFFERENCE,
    Exercise,
    agree,
    assert_close,
    cases,
    contract,
    edges,
    finite_difference,
    points,
    printed,
)

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def vectors(draw):
    """seven elements"""
    return dict(x=draw.normal(7), y=draw.normal(7), w1=draw.normal(7), w2=draw.normal(7))


def scalars(draw):
    """0-dim tensors"""
    x, y, w1, w2 = draw.uniform(4, low=0.2, high=1.2)
    return dict(x=x + 1, y=-y, w1=w1, w2=w2)


def matrices(draw):
    """2 by 3 elements, shifted away from 0"""
    return dict(x=draw.normal(2, 3) + 1, y=draw.normal(2, 3), w1=draw.normal(2, 3), w2=draw.normal(2, 3) - 1)


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    x, y, w1, w2 = torch.tensor([0.7, 0.3, 0.9, -0.4], dtype=torch.float64)
    numbers = dict(loss=0.0012132215033, dw1=0.0201466251022, dw2=0.0388754010134, dx=0.0259028037028)
    expected = {name: torch.tensor(number, dtype=torch.float64) for name, number in numbers.items()}
    assert_close(submission.chain(x, y, w1, w2), expected, rule=printed(13))


@points(3, "R")
@cases(vectors, scalars, matrices)
def test_matches_reference(submission, reference, case):
    """gives the right loss and derivatives"""
    agree(submission, reference, "chain", case)


@points(1, "FD")
@cases(vectors, scalars)
def test_finite_differences(submission, case):
    """gives the slopes that one measures by moving w1, w2 and x a little"""

    def squares(**moved):
        x, y, w1, w2 = (case | moved).values()
        h = torch.tanh(w1 * x)
        return (w2 * h + h - y) ** 2

    # The elements do not touch each other, so the slope of the sum holds the derivative of each.
    expected = {"loss": squares()}
    for name in ("w1", "w2", "x"):
        expected[f"d{name}"] = finite_difference(lambda moved, name=name: squares(**{name: moved}).sum(), case[name])
    assert_close(submission.chain(**case), expected, rule=FINITE_DIFFERENCE)


test_edges = edges("chain", vectors, "EMPTY", samples=("x", "y", "w1", "w2"))
test_contract = contract("chain", vectors)
