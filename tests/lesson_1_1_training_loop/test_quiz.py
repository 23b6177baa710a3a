"""Checks of exercise 1.1.1: five questions about the training loop."""

from grader.testing import Exercise, answered, points

EXERCISE = Exercise(points=5)


@points(1, "W", gate=True)
def test_q1(submission):
    """knows in which order the steps of an iteration run"""
    answered(submission, "q1", "a")


@points(1, "W", gate=True)
def test_q2(submission):
    """knows what a falling loss tells"""
    answered(submission, "q2", "a")


@points(1, "W", gate=True)
def test_q3(submission):
    """knows which way a weight moves"""
    answered(submission, "q3", "b")


@points(1, "W", gate=True)
def test_q4(submission):
    """knows how many updates an epoch has"""
    answered(submission, "q4", "b")


@points(1, "W", gate=True)
def test_q5(submission):
    """knows what the loss of a batch is"""
    answered(submission, "q5", "b")
