"""Checks of exercise 2.1.4: two linear layers are one."""

import torch

from grader.testing import BY_HAND, Exercise, agree, assert_close, assert_true, cases, contract, points

EXERCISE = Exercise(points=2, forbid=BY_HAND)


def numbers(*values):
    return torch.tensor(values, dtype=torch.float64)


def layers(draw, d, h, o):
    return dict(W1=draw.normal(d, h), b1=draw.normal(h) + 1, W2=draw.normal(h, o), b2=draw.normal(o) - 1)


def gauss(draw):
    """3 inputs, 5 hidden units, 2 outputs"""
    return layers(draw, 3, 5, 2)


def as_many_outputs(draw):
    """2 inputs, 4 hidden units, 4 outputs"""
    return layers(draw, 2, 4, 4)


def square(draw):
    """4 of everything"""
    return layers(draw, 4, 4, 4)


def one_of_each(draw):
    """one input, one hidden unit, one output"""
    return layers(draw, 1, 1, 1)


def one_hidden(draw):
    """a single hidden unit between 3 inputs and 2 outputs"""
    return layers(draw, 3, 1, 2)


def layer_of(submission, case):
    """Return (W, b), or say that this is not what came back."""
    result = submission.collapse(**case)
    assert_true(isinstance(result, tuple) and len(result) == 2, "Return two tensors, W and b.")
    D, O = len(case["W1"]), len(case["b2"])
    for part, name, shape in zip(result, ("W", "b"), ([D, O], [O])):
        right = isinstance(part, torch.Tensor) and list(part.shape) == shape
        assert_true(right, f"{name} is a tensor of shape {shape} here.")
    return result


@points(1, "W")
def test_worked_example(submission):
    """gives the layer of the worked example"""
    case = dict(W1=numbers(1, 2, 0, 0, 1, -1).reshape(2, 3), b1=numbers(1, 0, 2))
    W, b = layer_of(submission, case | dict(W2=numbers(1, -1, 3).reshape(3, 1), b2=numbers(0.5)))
    assert_close({"W": W, "b": b}, {"W": numbers(-1, -4).reshape(2, 1), "b": numbers(7.5)})


@points(3, "R")
@cases(gauss, as_many_outputs, square)
def test_matches_reference(submission, reference, case):
    """finds the single layer"""
    agree(submission, reference, "collapse", case)


@points(1, "INV")
@cases(gauss, square)
def test_same_outputs(submission, case, draw):
    """gives a layer with the outputs of both layers for any inputs"""
    W, b = layer_of(submission, case)
    X = draw.normal(8, len(W))
    two_layers = (X @ case["W1"] + case["b1"]) @ case["W2"] + case["b2"]
    assert_close(X @ W + b, two_layers, what="X W + b")


@points(1, "EDGE")
@cases(one_of_each, one_hidden)
def test_small_layers(submission, reference, case):
    """finds the single layer"""
    agree(submission, reference, "collapse", case)


test_contract = contract("collapse", gauss)
