"""Checks of exercise 1.2.2: walk downhill."""

import torch

from grader.testing import (
    BY_HAND,
    Exercise,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    edges,
    points,
    printed,
    raises,
    spy,
)

EXERCISE = Exercise(points=6, forbid=BY_HAND)


def bowl(draw):
    """a bowl with its lowest point somewhere"""
    centre = draw.normal(3)
    return {"w": draw.normal(3), "grad_fn": spy("grad_fn", lambda w: 2 * (w - centre)), "lr": 0.1, "epochs": 5}


def valley(draw):
    """a valley that is steeper in one direction"""
    steepness = draw.uniform(4, low=0.5, high=3.0)
    return {"w": draw.normal(4), "grad_fn": spy("grad_fn", lambda w: steepness * w), "lr": 0.2, "epochs": 4}


@points(1, "W")
def test_worked_example(submission):
    """walks two steps from (3, 4)"""
    w = torch.tensor([3.0, 4.0], dtype=torch.float64)
    end, lengths = submission.descend(w, spy("grad_fn", lambda here: here), 0.5, 2)
    assert_close(end, torch.tensor([0.75, 1.0], dtype=torch.float64), rule=printed(10), what="w")
    assert_close(lengths, [5.0, 2.5], rule=printed(10), what="lengths")


@points(2, "R")
@cases(bowl, valley)
def test_matches_reference(submission, reference, case):
    """follows the reference through every epoch"""
    agree(submission, reference, "descend", case, steps="epochs")


@points(1, "T")
def test_calls(submission, draw):
    """asks for one gradient per epoch, each time at the current weights"""
    case = bowl(draw)
    trace = submission.answer("descend", case).trace
    assert_true(len(trace) == case["epochs"], "`grad_fn` must be called exactly once per epoch.")
    assert_close(trace[0][1][0], case["w"], what="the weights of the first call")


@points(1, "EDGE")
def test_negative_epochs(submission, draw):
    """refuses a negative number of epochs"""
    raises(ValueError, submission, "descend", {**bowl(draw), "epochs": -1})


test_contract = contract("descend", bowl)
test_edges = edges("descend", bowl, "EP0", "LR0")
