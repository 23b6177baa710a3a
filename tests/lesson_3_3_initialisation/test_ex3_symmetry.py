"""Checks of exercise 3.3.3: the number of different hidden units."""

import torch

from grader.testing import BY_HAND, Exercise, agree, assert_close, assert_true, cases, contract, points

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def units(W1, b1, W2):
    return dict(W1=W1, b1=b1, W2=W2)


def different(draw):
    """seven units, all different"""
    return units(draw.normal(3, 7), draw.normal(7), draw.normal(7, 2))


def classes(draw):
    """eight units in three classes, of sizes 4, 3 and 1"""
    order = torch.tensor([0, 1, 0, 2, 1, 0, 1, 0])
    three = units(draw.normal(3, 3), draw.normal(3), draw.normal(3, 2))
    return units(three["W1"][:, order], three["b1"][order], three["W2"][order])


def other_biases(draw):
    """five units with equal weights, and two different biases"""
    b1 = torch.tensor([0.5, -1.0, 0.5, 0.5, -1.0], dtype=torch.float64) + draw.normal(1)
    return units(draw.normal(3, 1).repeat(1, 5), b1, draw.normal(1, 2).repeat(5, 1))


def other_outputs(draw):
    """four units with equal input weights and biases, and three different output weights"""
    W2 = draw.normal(3, 2)[[0, 1, 0, 2]]
    return units(draw.normal(3, 1).repeat(1, 4), draw.normal(1).repeat(4), W2)


def one_entry(draw):
    """three units that differ in a single number"""
    W1 = draw.normal(4, 1).repeat(1, 3)
    W1[2, 1] += 1
    return units(W1, draw.normal(1).repeat(3), draw.normal(1, 2).repeat(3, 1))


def rounded(draw):
    """six units in two classes, equal up to 1e-12"""
    case = units(draw.normal(3, 2).repeat(1, 3), draw.normal(2).repeat(3), draw.normal(2, 2).repeat(3, 1))
    return case | dict(W1=case["W1"] + 1e-12 * draw.uniform(3, 6))


def scaled(draw):
    """four units whose numbers are multiples of each other"""
    scale = torch.tensor([1.0, 2.0, -1.0, 3.0], dtype=torch.float64)
    return units(draw.normal(3, 1) * scale, draw.normal(1) * scale, scale.unsqueeze(1) * draw.normal(1, 2))


def wide_tolerance(draw):
    """units 0.01 apart, with a tolerance of 0.05"""
    W1 = draw.normal(2, 1).repeat(1, 4)
    W1[0] += torch.tensor([0.0, 0.01, 3.0, 3.01], dtype=torch.float64)
    return units(W1, draw.normal(1).repeat(4), draw.normal(1, 2).repeat(4, 1)) | dict(tol=0.05)


def large_tolerance(draw):
    """units 2 apart, with a tolerance of 3"""
    W1 = draw.normal(2, 1).repeat(1, 4)
    W1[0] += torch.tensor([0.0, 2.0, 30.0, 32.0], dtype=torch.float64)
    return units(W1, draw.normal(1).repeat(4), draw.normal(1, 2).repeat(4, 1)) | dict(tol=3.0)


def large_numbers(draw):
    """four units of numbers around 1000, in two classes that differ by 0.001"""
    W1 = 1000 + draw.normal(3, 1).repeat(1, 4)
    W1[1, 2:] += 0.001
    return units(W1, 1000 + draw.normal(1).repeat(4), 1000 + draw.normal(1, 2).repeat(4, 1))


def all_numbers_differ(draw):
    """three units all of whose numbers differ, by a tenth or by nine tenths of tol, and one of another class"""
    signs = torch.tensor([1.0, -1.0, -1.0, 1.0, 1.0, -1.0], dtype=torch.float64)
    first = draw.normal(6)
    four = torch.stack([first, first + 0.005 * signs, first + 0.045 * signs, first + 3], dim=1)
    return units(four[:3], four[3], four[4:].T) | dict(tol=0.05)


def one_large_difference(draw):
    """four units that differ in a single number by 2, with a tolerance of 0.5"""
    W1 = draw.normal(3, 1).repeat(1, 4)
    W1[1] += torch.tensor([0.0, 2.0, 2.0, 4.0], dtype=torch.float64)
    return units(W1, draw.normal(1).repeat(4), draw.normal(1, 2).repeat(4, 1)) | dict(tol=0.5)


def two_by_two(draw):
    """four units from two input weights and two biases, each with each"""
    W1 = draw.normal(3, 2)[:, [0, 0, 1, 1]]
    return units(W1, draw.normal(2)[[0, 1, 0, 1]], draw.normal(1, 2).repeat(4, 1))


def other_places(draw):
    """three units of the same numbers in different places"""
    numbers = draw.normal(3)
    W1 = torch.stack([numbers.roll(places) for places in range(3)], dim=1)
    return units(W1, draw.normal(1).repeat(3), draw.normal(1, 2).repeat(3, 1))


def both_sides(draw):
    """two units 0.002 apart, on both sides of 0.15, with a tolerance of 0.1"""
    b1 = torch.tensor([0.149, 0.151], dtype=torch.float64)
    return units(draw.normal(3, 1).repeat(1, 2), b1, draw.normal(1, 2).repeat(2, 1)) | dict(tol=0.1)


def both_sides_of_little(draw):
    """two units 2e-12 apart, on both sides of 1.5e-8"""
    b1 = torch.tensor([1.4999e-8, 1.5001e-8], dtype=torch.float64)
    return units(draw.normal(3, 1).repeat(1, 2), b1, draw.normal(1, 2).repeat(2, 1))


def negative_difference(draw):
    """three units, of which the later ones have the smaller numbers"""
    fewer = torch.tensor([0.0, -1.0, -2.5], dtype=torch.float64)
    return units(draw.normal(3, 1) + fewer, draw.normal(1).repeat(3), draw.normal(1, 2).repeat(3, 1))


def no_units(draw):
    """no hidden units"""
    return units(draw.normal(3, 0), draw.normal(0), draw.normal(0, 2))


def one_unit(draw):
    """a single hidden unit"""
    return units(draw.normal(3, 1), draw.normal(1), draw.normal(1, 2))


def exactly_tol(draw):
    """two units that differ by tol itself"""
    b1 = torch.tensor([0.5, 0.75], dtype=torch.float64)
    return units(draw.normal(3, 1).repeat(1, 2), b1, draw.normal(1, 2).repeat(2, 1)) | dict(tol=0.25)


def all_zero(draw):
    """five units of zeros"""
    zeros = torch.zeros(3, 5, dtype=torch.float64)
    return units(zeros, torch.zeros(5, dtype=torch.float64), torch.zeros(5, 2, dtype=torch.float64))


def trained(draw, params, epochs=30, lr=0.1):
    """Return the units after some epochs of the network of lesson 2.3."""
    W1, b1, W2, b2 = params
    X, y = draw.normal(9, W1.shape[0]), draw.normal(9, W2.shape[1])
    for _ in range(epochs):
        h = torch.tanh(X @ W1 + b1)
        d = 2 * (h @ W2 + b2 - y) / y.numel()
        dz = (d @ W2.T) * (1 - h**2)
        W1, b1, W2, b2 = W1 - lr * X.T @ dz, b1 - lr * dz.sum(0), W2 - lr * h.T @ d, b2 - lr * d.sum(0)
    return units(W1, b1, W2)


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    W1, W2 = torch.tensor([[1.0, 1, 2]]).double(), torch.tensor([[3.0], [3], [3]]).double()
    assert_close(submission.distinct_units(W1, torch.zeros(3).double(), W2), 2, what="the first example")
    assert_close(submission.distinct_units(W1, torch.tensor([0.0, 1, 0]).double(), W2), 3, what="the second example")


@points(6, "R")
@cases(
    different,
    classes,
    other_biases,
    other_outputs,
    one_entry,
    rounded,
    scaled,
    wide_tolerance,
    large_tolerance,
    large_numbers,
    all_numbers_differ,
    negative_difference,
    one_large_difference,
    two_by_two,
    other_places,
    both_sides,
    both_sides_of_little,
)
def test_matches_reference(submission, reference, case):
    """counts the right number of classes"""
    agree(submission, reference, "distinct_units", case)


@points(1, "INV")
def test_symmetry_survives_training(submission, draw):
    """finds one unit in a network that was trained from a constant start"""
    start = [torch.full(size, 0.3, dtype=torch.float64) for size in ((3, 6), (6,), (6, 2), (2,))]
    found = submission.distinct_units(**trained(draw, start))
    assert_close(found, 1, what="different units after 30 epochs from a constant start")


@points(1, "INV")
def test_classes_survive_training(submission, draw):
    """finds as many classes after the training as before it, and all units after a random start"""
    half = [draw.normal(3, 3).repeat(1, 2), draw.normal(3).repeat(2), draw.normal(3, 2).repeat(2, 1), draw.normal(2)]
    found = submission.distinct_units(**trained(draw, half))
    assert_close(found, 3, what="different units after training from units that came twice")
    random = [draw.normal(3, 6), draw.normal(6), draw.normal(6, 2), draw.normal(2)]
    assert_close(submission.distinct_units(**trained(draw, random)), 6, what="different units after a random start")


@points(1, "INV")
@cases(classes)
def test_order_of_units(submission, case, draw):
    """counts the same whatever the order of the units"""
    order = draw.permutation(8)
    moved = units(case["W1"][:, order], case["b1"][order], case["W2"][order])
    assert_close(submission.distinct_units(**moved), 3, what="different units in another order")


@points(1, "EDGE")
@cases(no_units, one_unit, all_zero, exactly_tol)
def test_special_networks(submission, reference, case):
    """treats special networks as the task states"""
    agree(submission, reference, "distinct_units", case)


@points(1, "CON")
@cases(classes)
def test_type(submission, case):
    """returns an int"""
    found = submission.distinct_units(**case)
    assert_true(type(found) is int, f"Return an int, not a {type(found).__name__}.")


test_contract = contract("distinct_units", classes, tags=("DEV", "NOMUT", "NOGRAD", "NONC"))
