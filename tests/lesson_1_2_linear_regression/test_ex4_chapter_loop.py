"""Checks of exercise 1.2.4: a training loop that rounds, as in a book."""

import torch

from grader.testing import (
    BY_HAND,
    FLOAT64,
    Exercise,
    absolute,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    edges,
    points,
    printed,
)

EXERCISE = Exercise(points=2, forbid=BY_HAND)


def column(*numbers):
    return torch.tensor(numbers, dtype=torch.float64).reshape(-1, 1)


# Input families. Where a number that is about to be rounded lies on a tie, its last bit decides, and right solutions part.
# Therefore instances are drawn until every such number keeps a distance from the nearest tie.

MARGIN = 0.02  # in units of the last digit


def simulate(case, round_gradient=True, round_weights=True):
    """Return the weights at the end, and how near to a tie a rounded number came, in units of the last digit."""
    X, Y, weights, scale = case["X"], case["Y"], case["weights"], 10 ** case["decimals"]
    nearest = 0.5

    def rounded(values):
        nonlocal nearest
        units = values * scale
        nearest = min(nearest, float((units - units.floor() - 0.5).abs().min()))
        return units.round() / scale

    # An epoch with lr = 0, of which the edge checks make use, rounds the start itself.
    rounded(weights)
    for _ in range(case["epochs"]):
        gradient = 2 / len(X) * X.T @ (X @ weights - Y)
        weights = weights - case["lr"] * (rounded(gradient) if round_gradient else gradient)
        weights = rounded(weights) if round_weights else weights
    return weights, nearest


def clear_of_ties(case):
    return simulate(case)[1] >= MARGIN


def tells_roundings_apart(case):
    """Say whether every way to forget a rounding shows in the weights: by thrice the tolerance of the checks or more."""
    scale = 10 ** case["decimals"]
    weights, _ = simulate(case)
    no_gradient, _ = simulate(case, round_gradient=False)
    no_weights, _ = simulate(case, round_weights=False)
    neither, _ = simulate(case, round_gradient=False, round_weights=False)
    only_at_end = (neither * scale).round() / scale
    return all(
        float((other - weights).abs().max()) * scale > 0.3 for other in (no_gradient, no_weights, neither, only_at_end)
    )


def drawn(draw, decimals):
    """Normal data with two features, drawn until no tie is near and all ways of rounding differ."""
    while True:
        case = dict(X=draw.normal(12, 2), Y=draw.normal(12, 1) + 1, weights=draw.normal(2, 1))
        case |= dict(lr=0.43, epochs=6, decimals=decimals)
        if clear_of_ties(case) and tells_roundings_apart(case):
            return case


def one_decimal(draw):
    """normal data, rounded to one decimal"""
    return drawn(draw, 1)


def two_decimals(draw):
    """normal data, rounded to two decimals"""
    return drawn(draw, 2)


def no_decimals(draw):
    """normal data, rounded to whole numbers"""
    while True:
        case = dict(X=draw.normal(12, 2), Y=20 * (draw.normal(12, 1) + 1), weights=8 * draw.normal(2, 1))
        case |= dict(lr=0.43, epochs=6, decimals=0)
        if clear_of_ties(case) and tells_roundings_apart(case):
            return case


def three_decimals(draw):
    """normal data, rounded to three decimals"""
    return drawn(draw, 3)


def one_feature(draw):
    """a single feature"""
    while True:
        case = dict(X=draw.normal(9, 1) + 1, Y=draw.normal(9, 1) + 2, weights=draw.normal(1, 1))
        case |= dict(lr=0.13, epochs=5, decimals=3)
        if clear_of_ties(case):
            return case


def ones_column(draw):
    """a feature beside a column of ones"""
    while True:
        X = torch.cat([torch.ones(10, 1, dtype=torch.float64), draw.normal(10, 1)], dim=1)
        case = dict(X=X, Y=draw.normal(10, 1) + 2, weights=draw.normal(2, 1), lr=0.13, epochs=5, decimals=3)
        if clear_of_ties(case):
            return case


def unrounded(draw):
    """normal data without any rounding"""
    case = dict(X=draw.normal(12, 3), Y=draw.normal(12, 1) + 1, weights=draw.normal(3, 1))
    return case | dict(lr=0.1, epochs=6, decimals=None)


def proportional():
    """The worked example with one feature; `decimals` is left at its default."""
    X = column(0.5, 1, 1.5, 2)
    return dict(X=X, Y=2 * X, weights=column(1), lr=0.1, epochs=3)


def with_ones():
    """The worked example with a column of ones."""
    X = torch.tensor([[1, 0.5], [1, 1], [1, 1.5], [1, 2]], dtype=torch.float64)
    return dict(X=X, Y=column(2.07, 3.03, 4.01, 5.06), weights=column(0, 0), lr=0.06, epochs=4, decimals=3)


# Ties on purpose: every number on the way is exact in binary, so that all right solutions meet the same ones.


def gradients_between(draw):
    """gradients exactly between two whole numbers"""
    ends = 2 * draw.integers(2, low=1, high=20).to(torch.float64) + 0.5
    Y = column(-1, 1) * ends.reshape(2, 1)
    return dict(X=torch.eye(2, dtype=torch.float64), Y=Y, weights=column(0, 0), lr=1.0, epochs=1, decimals=0)


def weights_between(draw):
    """weights exactly between two whole numbers"""
    ends = 4 * draw.integers(2, low=1, high=20).to(torch.float64) + 1
    Y = column(-1, 1) * ends.reshape(2, 1)
    return dict(X=torch.eye(2, dtype=torch.float64), Y=Y, weights=column(0, 0), lr=0.5, epochs=1, decimals=0)


def trained(submission, case):
    """Return (weights, losses), or say that this is not what came back."""
    result = submission.train(**case)
    assert_true(isinstance(result, tuple) and len(result) == 2, "Return two values: the weights and the losses.")
    losses = result[1]
    pairs = isinstance(losses, list) and all(isinstance(pair, tuple) and len(pair) == 2 for pair in losses)
    assert_true(pairs, "The losses are a list of pairs (before, after).")
    assert_true(len(losses) == case["epochs"], f"There are {len(losses)} pairs for {case['epochs']} epoch(s).")
    return result


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example with one feature"""
    losses = [1.875, 0.732421875, 0.286651875, 0.11163]
    result = submission.train(**proportional())
    assert_close(result, (column(1.756), list(zip(losses[:-1], losses[1:], strict=True))))


@points(1, "W")
def test_worked_example_with_ones(submission):
    """gives the numbers of the worked example with a column of ones"""
    steps = [(0.425, 0.606), (0.708, 1.012), (0.896, 1.284), (1.021, 1.467)]
    for epochs, expected in enumerate(steps, start=1):
        weights, losses = trained(submission, with_ones() | {"epochs": epochs})
        assert_close(weights, column(*expected), what=f"the weights after {epochs} epoch(s)")
    assert_close([losses[0][0], losses[-1][1]], [13.787375, 0.559015375], what="the first and the last loss")


@points(1, "W")
def test_worked_examples_unrounded(submission):
    """gives the weights of both worked examples without rounding"""
    weights, _ = trained(submission, proportional() | {"decimals": None})
    assert_close(weights, column(1.7559), rule=printed(4), what="the weight of the first example")
    weights, _ = trained(submission, with_ones() | {"decimals": None})
    assert_close(weights, column(1.02152226, 1.46658334), rule=printed(8), what="the weights of the second example")


@points(7, "R")
@cases(one_decimal, no_decimals, two_decimals, three_decimals, one_feature, ones_column, unrounded)
def test_matches_reference(submission, reference, case):
    """gives the right weights and losses after every epoch"""
    decimals = case["decimals"]
    rule = FLOAT64 if decimals is None else absolute(0.1 * 10**-decimals)
    agree(submission, reference, "train", case, steps="epochs", rule=rule)


@points(1, "INV")
def test_without_rounding(submission, draw):
    """is plain gradient descent when decimals is None"""
    case = unrounded(draw)
    X, Y, weights = case["X"], case["Y"], case["weights"]
    for _ in range(case["epochs"]):
        weights = weights - case["lr"] * 2 / 12 * X.T @ (X @ weights - Y)
    assert_close(trained(submission, case)[0], weights)


@points(1, "INV")
def test_losses_form_a_chain(submission, draw):
    """starts every epoch with the loss with which the last one ended"""
    _, losses = trained(submission, three_decimals(draw))
    assert_close(
        [before for before, _ in losses[1:]],
        [after for _, after in losses[:-1]],
        what="the losses before the updates",
    )


@points(1, "INV")
def test_small_steps_stall(submission, draw):
    """stays where it is when every step is smaller than half a unit of the last digit"""
    epochs = int(draw.integers(1, low=5, high=15))
    weights, _ = trained(submission, with_ones() | {"lr": 1e-5, "epochs": epochs})
    assert_close(weights, column(0, 0), rule=absolute(1e-9))


@points(1, "EDGE")
def test_rounds_without_a_step(submission):
    """rounds weights that are not on the grid, even with lr = 0"""
    weights, losses = trained(submission, proportional() | {"weights": column(0.1237), "lr": 0.0, "epochs": 1})
    assert_close(weights, column(0.124))
    before, after = ((2 - weight) ** 2 * 1.875 for weight in (0.1237, 0.124))
    assert_close(losses, [(before, after)])


@points(1, "EDGE")
@cases(gradients_between, weights_between)
def test_ties(submission, reference, case):
    """rounds as torch.round does"""
    agree(submission, reference, "train", case)


test_edges = edges("train", two_decimals, "EP0", "LR0", "EMPTY")
test_contract = contract("train", two_decimals)
