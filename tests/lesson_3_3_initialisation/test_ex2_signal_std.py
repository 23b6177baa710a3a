"""Checks of exercise 3.3.2: the spread of a signal through the layers."""

import torch

from grader.testing import BY_HAND, Exercise, agree, assert_close, assert_true, cases, contract, edges, points, raises

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def stack(draw, activation, *sizes, n, shift=0.0):
    """Return n samples and matrices between layers of these sizes."""
    weights = [draw.normal(a, b) / a**0.5 for a, b in zip(sizes[:-1], sizes[1:])]
    return dict(X=draw.normal(n, sizes[0]) + shift, weights=weights, activation=activation)


def tanh(draw):
    """tanh, 4 layers, sizes 3-5-4-6-2"""
    return stack(draw, "tanh", 3, 5, 4, 6, 2, n=7)


def relu(draw):
    """relu, 3 layers, sizes 4-6-5-3"""
    case = stack(draw, "relu", 4, 6, 5, 3, n=9)
    return case | dict(weights=[W + 0.3 for W in case["weights"]])


def identity(draw):
    """identity, 3 layers, inputs around 2"""
    return stack(draw, "identity", 3, 5, 4, 2, n=8, shift=2.0)


def tiny(draw):
    """two samples with three features, one layer"""
    return stack(draw, "tanh", 3, 2, n=2)


def square(draw):
    """tanh, 3 layers, all sizes 5"""
    return stack(draw, "tanh", 5, 5, 5, 5, n=5)


def no_layers(draw):
    """no layers at all"""
    return dict(X=draw.normal(4, 3), weights=[], activation="tanh")


def deep(activation, std):
    """10 layers of width 128 with weights of the given deviation."""
    # The same draw on every seed: about one in five hundred leaves the factor 2 that He's weights promise.
    generator = torch.Generator().manual_seed(0)
    X, *normal = (torch.randn(n, 128, generator=generator, dtype=torch.float64) for n in (16, *[128] * 10))
    return dict(X=X, weights=[std * W for W in normal], activation=activation)


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    X = torch.tensor([[1, 2], [-1, 1]], dtype=torch.float64)
    weights = [torch.tensor([[0.5], [1]], dtype=torch.float64), torch.tensor([[2]], dtype=torch.float64)]
    assert_close(submission.signal_std(X, weights, "identity"), [1.0, 2.0])


@points(5, "R")
@cases(tanh, relu, identity, tiny, square)
def test_matches_reference(submission, reference, case):
    """gives the right deviation after every layer"""
    agree(submission, reference, "signal_std", case)


@points(1, "INV")
def test_he_keeps_the_signal(submission):
    """finds that He's weights keep the signal of ReLU layers alive"""
    found = stds(submission, deep("relu", (2 / 128) ** 0.5), 10)
    assert_true(
        all(0.5 < one / found[0] < 2 for one in found),
        "With He's weights the deviation stays within a factor 2 of the first layer's for all ten layers.",
    )


@points(1, "INV")
def test_small_weights(submission):
    """finds that weights of size 0.01 make the signal vanish"""
    found = stds(submission, deep("relu", 0.01), 10)
    assert_true(
        0 < found[-1] < 1e-6, "With weights of size 0.01 less than a millionth of the signal is left after 10 layers."
    )


@points(1, "INV")
def test_saturation(submission):
    """finds that weights of size 1 drive tanh to its limits"""
    found = stds(submission, deep("tanh", 1.0), 10)
    assert_true(
        all(0.9 < one < 1 for one in found), "With weights of size 1 and width 128 almost every tanh is near -1 or 1."
    )


def stds(submission, case, count):
    found = submission.signal_std(**case)
    whole = isinstance(found, list) and len(found) == count and all(isinstance(one, float) for one in found)
    assert_true(whole, f"signal_std must return a list with one float for each of the {count} layers.")
    return found


@points(1, "EDGE")
@cases(no_layers)
def test_no_layers(submission, reference, case):
    """returns an empty list when there are no layers"""
    agree(submission, reference, "signal_std", case)


@points(1, "EDGE")
@cases(tanh)
def test_unknown_activation(submission, case):
    """refuses an activation of another name"""
    raises(ValueError, submission, "signal_std", case | dict(activation="step"), when=" for the activation 'step'")


test_edges = edges("signal_std", tanh, "N1")
test_contract = contract("signal_std", tanh, tags=("F64", "DEV", "NOMUT", "NOGRAD", "NONC", "TYPE"))
