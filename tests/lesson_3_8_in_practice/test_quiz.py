"""Checks of exercise 3.8.1: four questions about training on a large scale."""

from grader.testing import Exercise, answered, points

EXERCISE = Exercise(points=4)


@points(1, "W", gate=True)
def test_q1(submission):
    """knows what stays the same at every scale"""
    answered(submission, "q1", "a")


@points(1, "W", gate=True)
def test_q2(submission):
    """knows what training costs"""
    answered(submission, "q2", "c")


@points(1, "W", gate=True)
def test_q3(submission):
    """knows what averaging over workers gives"""
    answered(submission, "q3", "b")


@points(1, "W", gate=True)
def test_q4(submission):
    """knows how the batch size changes the number of updates"""
    answered(submission, "q4", "b")
