"""Checks of exercise 3.9.1: two questions and a checklist."""

from grader.testing import Exercise, answered, points

EXERCISE = Exercise(points=3)


@points(2, "W", gate=True)
def test_q1(submission):
    """knows what freezing means"""
    answered(submission, "q1", "a")


@points(2, "W", gate=True)
def test_q2(submission):
    """knows where next-token targets come from"""
    answered(submission, "q2", "b")


@points(1, "W", gate=True)
def test_c1(submission):
    """knows which layers get the smaller rate"""
    answered(submission, "c1", "true")


@points(1, "W", gate=True)
def test_c2(submission):
    """knows what transfer needs"""
    answered(submission, "c2", "false")
