"""Checks of exercise 1.6.1: four questions and a checklist about module 1."""

from grader.testing import Exercise, answered, points

EXERCISE = Exercise(points=6)


@points(2, "W", gate=True)
def test_q1(submission):
    """knows how many updates a run makes"""
    answered(submission, "q1", "b")


@points(2, "W", gate=True)
def test_q2(submission):
    """knows what the scale of a feature does to the learning rate"""
    answered(submission, "q2", "c")


@points(2, "W", gate=True)
def test_q3(submission):
    """knows the order of the central difference"""
    answered(submission, "q3", "b")


@points(2, "W", gate=True)
def test_q4(submission):
    """knows how a sum over the batch can be made up for"""
    answered(submission, "q4", "a")


@points(1, "W", gate=True)
def test_c1(submission):
    """judges where the gradient is taken"""
    answered(submission, "c1", "true")


@points(1, "W", gate=True)
def test_c2(submission):
    """judges how many updates the full batch makes"""
    answered(submission, "c2", "true")


@points(1, "W", gate=True)
def test_c3(submission):
    """judges what a rising loss proves"""
    answered(submission, "c3", "false")


@points(1, "W", gate=True)
def test_c4(submission):
    """judges what may enter the standardiser"""
    answered(submission, "c4", "false")
