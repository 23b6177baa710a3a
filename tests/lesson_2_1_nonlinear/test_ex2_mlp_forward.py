"""Checks of exercise 2.1.2: the forward pass of a network with one hidden layer."""

import torch

from grader.testing import (
    BY_HAND,
    Exercise,
    agree,
    assert_close,
    cases,
    contract,
    edges,
    points,
    printed,
    raises,
)

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def numbers(*values):
    return torch.tensor(values, dtype=torch.float64)


def network(draw, activation, *sizes):
    """Return n inputs and a network with d inputs, h hidden units and o outputs, all of whose biases count."""
    n, d, h, o = sizes
    weights = dict(W1=draw.normal(d, h), b1=draw.normal(h) + 0.5, W2=draw.normal(h, o), b2=draw.normal(o) - 1)
    return dict(X=draw.normal(n, d)) | weights | dict(activation=activation)


def relu(draw):
    """relu, 7 samples, 3 features, 5 hidden units, 2 outputs"""
    return network(draw, "relu", 7, 3, 5, 2)


def sigmoid(draw):
    """sigmoid, 8 samples, 2 features, 4 hidden units, 3 outputs"""
    return network(draw, "sigmoid", 8, 2, 4, 3)


def tanh(draw):
    """tanh, 9 samples, 4 features, 6 hidden units, 1 output"""
    return network(draw, "tanh", 9, 4, 6, 1)


def identity(draw):
    """identity, 6 samples, 2 features, 3 hidden units, 4 outputs"""
    return network(draw, "identity", 6, 2, 3, 4)


def square(draw):
    """tanh, 4 of everything"""
    return network(draw, "tanh", 4, 4, 4, 4)


def unknown(draw):
    """an activation that is not in the list"""
    return network(draw, "softplus", 5, 3, 4, 2)


def of_torch(draw):
    """a function of torch that is not in the list"""
    return network(draw, "selu", 5, 3, 4, 2)


def capitals(draw):
    """a known name in capitals"""
    return network(draw, "ReLU", 5, 3, 4, 2)


def no_name(draw):
    """an empty text"""
    return network(draw, "", 5, 3, 4, 2)


def layer(draw):
    """6 samples, 3 features, 4 outputs"""
    return dict(Wb=draw.normal(4, 4) + 0.5, X=draw.normal(3, 6))


def wide_layer(draw):
    """3 samples, 5 features, 2 outputs"""
    return dict(Wb=draw.normal(2, 6) - 0.5, X=draw.normal(5, 3) + 1)


def square_layer(draw):
    """as many samples as features"""
    return dict(Wb=draw.normal(3, 5) + 1, X=draw.normal(4, 4))


def no_columns(draw):
    """no samples"""
    return dict(Wb=draw.normal(4, 4), X=draw.normal(3, 0))


def one_column(draw):
    """a single sample"""
    return dict(Wb=draw.normal(2, 4), X=draw.normal(3, 1))


@points(2, "W")
def test_worked_examples(submission):
    """gives the outputs of the worked example with each activation"""
    X, W1 = numbers(1, 2, -1, 1).reshape(2, 2), numbers(1, -1, 0.5, 1).reshape(2, 2)
    rest = (numbers(0, 0.5), numbers(1, 3).reshape(2, 1), numbers(-1))
    for name, outputs in (
        ("relu", (5.5, 6.5)),
        ("sigmoid", (2.3335205066, 2.1499661287)),
        ("tanh", (2.6794723410, 1.4977257372)),
        ("identity", (5.5, 6)),
    ):
        got = submission.mlp_forward(X, W1, *rest, name)
        assert_close(got, numbers(*outputs).reshape(2, 1), rule=printed(10), what=f'the outputs with "{name}"')


@points(1, "W")
def test_augmented_worked_example(submission):
    """gives the outputs of the worked example of linear_augmented"""
    Wb, X = numbers(1, 2, 10, 0, -1, 20).reshape(2, 3), numbers(1, 3, 5, 2, 4, 6).reshape(2, 3)
    assert_close(submission.linear_augmented(Wb, X), numbers(15, 21, 27, 18, 16, 14).reshape(2, 3))


@points(5, "R")
@cases(relu, sigmoid, tanh, identity, square)
def test_matches_reference(submission, reference, case):
    """computes the right outputs"""
    agree(submission, reference, "mlp_forward", case)


@points(3, "R")
@cases(layer, wide_layer, square_layer)
def test_augmented(submission, reference, case):
    """multiplies the augmented layer by the augmented samples"""
    agree(submission, reference, "linear_augmented", case)


@points(1, "INV")
@cases(relu, sigmoid, tanh)
def test_hidden_units_permuted(submission, case, draw):
    """gives the same outputs when the hidden units change places"""
    order = draw.permutation(len(case["b1"]))
    permuted = case | dict(W1=case["W1"][:, order], b1=case["b1"][order], W2=case["W2"][order])
    assert_close(submission.mlp_forward(**permuted), submission.mlp_forward(**case))


@points(1, "INV")
@cases(identity)
def test_identity_is_linear(submission, case):
    """is one linear layer when the activation is the identity"""
    X, W1, b1, W2, b2, _ = case.values()
    assert_close(submission.mlp_forward(**case), X @ (W1 @ W2) + (b1 @ W2 + b2))


@points(1, "INV")
@cases(layer)
def test_augmented_is_a_layer(submission, case):
    """agrees in linear_augmented with X Wᵀ + b for samples in rows"""
    W, b, rows = case["Wb"][:, :-1], case["Wb"][:, -1], case["X"].T
    assert_close(submission.linear_augmented(**case), (rows @ W.T + b).T)


@points(2, "EDGE")
@cases(unknown, of_torch, capitals, no_name)
def test_unknown_activation(submission, case):
    """refuses unknown activations"""
    raises(ValueError, submission, "mlp_forward", case, when=f" for the activation {case['activation']!r}")


@points(2, "EDGE")
@cases(no_columns, one_column)
def test_augmented_edges(submission, reference, case):
    """computes linear_augmented"""
    agree(submission, reference, "linear_augmented", case)


test_edges = edges("mlp_forward", relu, "EMPTY", "N1")
test_contract = contract("mlp_forward", tanh)
test_augmented_contract = contract("linear_augmented", layer)
