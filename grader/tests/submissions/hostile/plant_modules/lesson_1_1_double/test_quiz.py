def test_q1():
    """answers question 1"""


def test_q2():
    """answers question 2"""
