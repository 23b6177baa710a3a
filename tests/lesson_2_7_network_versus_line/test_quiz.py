"""Checks of exercise 2.7.1: four questions and a checklist about module 2."""

from grader.testing import Exercise, answered, points

EXERCISE = Exercise(points=6)


@points(2, "W", gate=True)
def test_q1(submission):
    """counts the parameters of a network"""
    answered(submission, "q1", "b")


@points(2, "W", gate=True)
def test_q2(submission):
    """knows what a network changes in the loop"""
    answered(submission, "q2", "b")


@points(2, "W", gate=True)
def test_q3(submission):
    """knows what a hidden layer without an activation can do"""
    answered(submission, "q3", "a")


@points(2, "W", gate=True)
def test_q4(submission):
    """recognises overfitting"""
    answered(submission, "q4", "b")


@points(1, "W", gate=True)
def test_c1(submission):
    """judges what more parameters do"""
    answered(submission, "c1", "false")


@points(1, "W", gate=True)
def test_c2(submission):
    """judges the use of a baseline"""
    answered(submission, "c2", "true")


@points(1, "W", gate=True)
def test_c3(submission):
    """judges the landscapes of both models"""
    answered(submission, "c3", "true")


@points(1, "W", gate=True)
def test_c4(submission):
    """judges what L2 acts on"""
    answered(submission, "c4", "false")
