"""Checks of exercise 1.1.1: two questions about doubling."""

from grader.testing import Exercise, answered, points

EXERCISE = Exercise(points=4)


@points(1, "W", gate=True)
def test_q1(submission):
    """answers question 1"""
    answered(submission, "q1", "a")


@points(1, "W", gate=True)
def test_q2(submission):
    """answers question 2"""
    answered(submission, "q2", "b")
