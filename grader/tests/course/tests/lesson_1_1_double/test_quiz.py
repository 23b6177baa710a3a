"""Checks of exercise 1.1.1: two questions about doubling."""

from grader.testing import Exercise, assert_true, points

EXERCISE = Exercise(points=4)


def letter(submission, question):
    return str(submission.ANSWERS.get(question, "")).strip().lower()


@points(1, "W", gate=True)
def test_q1(submission):
    """answers question 1"""
    assert_true(letter(submission, "q1") == "a", "The answer to question 1 is not right.")


@points(1, "W", gate=True)
def test_q2(submission):
    """answers question 2"""
    assert_true(letter(submission, "q2") == "b", "The answer to question 2 is not right.")
