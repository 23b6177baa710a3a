"""Checks of exercise 1.1.1: five questions about the training loop."""

from grader.testing import Exercise, assert_true, points

EXERCISE = Exercise(points=5)


def judge(submission, question, right):
    """Compare one answer, without regard to capital letters and spaces, and never say what is right."""
    given = str(submission.ANSWERS.get(question, "")).strip().lower()
    assert_true(given != "", f"Question {question} has no answer yet.")
    assert_true(given == right, f"The answer to {question} is not right.")


@points(1, "W", gate=True)
def test_q1(submission):
    """knows in which order the steps of an iteration run"""
    judge(submission, "q1", "a")


@points(1, "W", gate=True)
def test_q2(submission):
    """knows what a falling loss tells"""
    judge(submission, "q2", "a")


@points(1, "W", gate=True)
def test_q3(submission):
    """knows which way a weight moves"""
    judge(submission, "q3", "b")


@points(1, "W", gate=True)
def test_q4(submission):
    """knows how many updates an epoch has"""
    judge(submission, "q4", "b")


@points(1, "W", gate=True)
def test_q5(submission):
    """knows what the loss of a batch is"""
    judge(submission, "q5", "b")
