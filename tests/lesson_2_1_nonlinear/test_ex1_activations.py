"""Checks of exercise 2.1.1: three activation functions."""

import torch

from grader.testing import F_AD, F_NN, F_OPT, Exercise, agree, assert_close, cases, contract, edges, points, printed

READY_MADE = (
    *(f"torch.{name}" for name in ("relu", "relu_", "sigmoid", "sigmoid_", "tanh", "tanh_", "softmax")),
    *(f"Tensor.{name}" for name in ("relu", "relu_", "sigmoid", "sigmoid_", "tanh", "tanh_", "softmax")),
    *("torch.special.expit", "torch.special.softmax", "math.tanh"),
)
EXERCISE = Exercise(points=2, forbid=(F_AD, F_OPT, F_NN, *READY_MADE))


def numbers(*values):
    return torch.tensor(values, dtype=torch.float64)


def gauss(draw):
    """normal numbers, stretched by 2"""
    return dict(z=2 * draw.normal(5, 3))


def far(draw):
    """numbers up to 1000 on both sides of 0"""
    return dict(z=torch.cat([draw.uniform(20, low=-1000, high=1000), numbers(-1000, 1000, -40.5, 40.5)]))


def far_float32(draw):
    """numbers up to 1000 on both sides of 0, in float32"""
    numbers_far = torch.cat([draw.uniform(20, low=-1000, high=1000), numbers(-1000, 1000, -50, 50)])
    return dict(z=numbers_far.to(torch.float32))


def far_below(draw):
    """far numbers, most of them below 0"""
    return dict(z=torch.cat([draw.uniform(9, low=-1000, high=-400), numbers(720, 900)]))


def far_above(draw):
    """far numbers, most of them above 0"""
    return dict(z=-far_below(draw)["z"])


def single_number(draw):
    """a tensor without dimensions"""
    return dict(z=draw.normal() + 0.5)


def positive(draw):
    """positive numbers only"""
    return dict(z=draw.uniform(6, low=0.5, high=3))


def negative_number(draw):
    """a negative number without dimensions"""
    return dict(z=draw.uniform(low=-3, high=-0.5))


@points(1, "W")
def test_relu_worked_example(submission):
    """gives the numbers of the worked example of relu"""
    assert_close(submission.relu(numbers(-2, 0, 3)), numbers(0, 0, 3))


@points(1, "W")
def test_sigmoid_worked_example(submission):
    """gives the numbers of the worked example of sigmoid"""
    assert_close(submission.sigmoid(numbers(0, 1, -1)), numbers(0.5, 0.7310585786, 0.2689414214), rule=printed(10))


@points(1, "W")
def test_tanh_worked_example(submission):
    """gives the numbers of the worked example of tanh"""
    assert_close(submission.tanh(numbers(0, 1, -1)), numbers(0, 0.7615941560, -0.7615941560), rule=printed(10))


@points(1, "R")
@cases(gauss, far)
def test_relu(submission, reference, case):
    """computes relu"""
    agree(submission, reference, "relu", case)


@points(2, "R")
@cases(gauss, far)
def test_sigmoid(submission, reference, case):
    """computes sigmoid"""
    agree(submission, reference, "sigmoid", case)


@points(2, "R")
@cases(gauss, far)
def test_tanh(submission, reference, case):
    """computes tanh"""
    agree(submission, reference, "tanh", case)


@points(1, "INV")
@cases(gauss)
def test_relu_of_both_signs(submission, case):
    """satisfies relu(z) - relu(-z) = z"""
    z = case["z"]
    assert_close(submission.relu(z) - submission.relu(-z), z, what="relu(z) - relu(-z)")


@points(1, "INV")
@cases(gauss)
def test_sigmoid_of_both_signs(submission, case):
    """satisfies sigmoid(-z) = 1 - sigmoid(z)"""
    z = case["z"]
    assert_close(submission.sigmoid(-z), 1 - submission.sigmoid(z), what="sigmoid(-z)")


@points(1, "INV")
@cases(gauss)
def test_tanh_from_sigmoid(submission, case):
    """satisfies tanh(z) = 2 sigmoid(2z) - 1"""
    z = case["z"]
    assert_close(submission.tanh(z), 2 * submission.sigmoid(2 * z) - 1, what="tanh(z)")


@points(1, "EDGE")
@cases(far_float32, single_number, negative_number)
def test_relu_special(submission, reference, case):
    """computes relu"""
    agree(submission, reference, "relu", case)


@points(1, "EDGE")
@cases(far_float32, far_below, far_above, single_number, negative_number)
def test_sigmoid_special(submission, reference, case):
    """computes sigmoid"""
    agree(submission, reference, "sigmoid", case)


@points(1, "EDGE")
@cases(far_float32, far_below, far_above, single_number, negative_number)
def test_tanh_special(submission, reference, case):
    """computes tanh"""
    agree(submission, reference, "tanh", case)


test_relu_edges = edges("relu", gauss, "EMPTY", samples=("z",))
test_sigmoid_edges = edges("sigmoid", gauss, "EMPTY", samples=("z",))
test_tanh_edges = edges("tanh", gauss, "EMPTY", samples=("z",))
test_relu_contract = contract("relu", gauss)
test_relu_of_positive = contract("relu", positive, tags=("NOALIAS",))  # relu changes nothing there, and yet copies
test_sigmoid_contract = contract("sigmoid", gauss)
test_tanh_contract = contract("tanh", gauss)
