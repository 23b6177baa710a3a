"""Checks of exercise 2.2.2: one sigmoid neuron, trained sample by sample."""

import torch

from grader.testing import (
    BY_HAND,
    Exercise,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    edges,
    points,
    printed,
)

EXERCISE = Exercise(points=3, forbid=BY_HAND)

X = torch.tensor([-2, -1, 0, 1, 2], dtype=torch.float64)
Y = torch.tensor([0, 0, 0, 1, 1], dtype=torch.float64)


def soft(draw):
    """nine samples with targets between 0 and 1"""
    return dict(X=draw.normal(9), y=draw.uniform(9, low=0.05, high=0.95), lr=1.0, epochs=5)


def labels(draw):
    """eight samples with targets 0 and 1, some of them surprising"""
    x = draw.normal(8)
    return dict(X=x, y=(x + draw.normal(8) > 0).double(), lr=0.5, epochs=6)


def shift(draw):
    """inputs around 3"""
    return dict(X=draw.normal(7) + 3, y=draw.uniform(7, low=0.05, high=0.95), lr=0.3, epochs=4)


def far(draw):
    """inputs out to 1000 on both sides"""
    signs = torch.tensor([1, -1, 1, 1, -1, -1], dtype=torch.float64)
    return dict(X=signs * draw.uniform(6, low=500, high=1000), y=draw.uniform(6, low=0.1, high=0.4), lr=0.5, epochs=3)


def crawling(draw):
    """a learning rate so small that w and b hardly move"""
    return shift(draw) | dict(lr=1e-9, epochs=3)


def no_epochs(draw):
    """no epochs"""
    return soft(draw) | dict(epochs=0)


def numbers(w, b):
    """Return published numbers as the pair that `train` returns."""
    return torch.tensor(w, dtype=torch.float64), torch.tensor(b, dtype=torch.float64)


def trained(submission, case):
    """Return w and b of a submission, once they are known to be two numbers."""
    result = submission.train(**case)
    assert_true(
        isinstance(result, tuple)
        and len(result) == 2
        and all(isinstance(part, float) or (isinstance(part, torch.Tensor) and part.shape == ()) for part in result),
        "train must return the tuple (w, b) of two 0-dim tensors.",
    )
    return result


def one_per_batch(X, y, lr, epochs):
    """Mini-batch descent with batches of one sample, by slices and means."""
    w = b = torch.zeros((), dtype=X.dtype)
    for _ in range(epochs):
        for x, target in zip(X.split(1), y.split(1)):
            a = 1 / (1 + torch.exp(-(w * x + b)))
            delta = 2 * (a - target) * a * (1 - a)
            w, b = w - lr * (delta * x).mean(), b - lr * delta.mean()
    return w, b


@points(1, "W")
def test_first_epoch(submission):
    """gives the numbers of the worked example after each sample of the first epoch"""
    steps = [
        (0.25, -0.125),
        (0.3483355379, -0.2233355379),
        (0.3483355379, -0.3330608606),
        (0.4723736540, -0.2090227445),
        (0.6142610847, -0.1380790292),
    ]
    # The first epoch over the first n samples is the state after sample n.
    for n, (w, b) in enumerate(steps, start=1):
        got = submission.train(X[:n], Y[:n], 0.5, 1)
        assert_close(got, numbers(w, b), rule=printed(10), what=f"train(X[:{n}], y[:{n}], 0.5, 1)")


@points(1, "W")
def test_more_epochs(submission):
    """gives the numbers of the worked example after 2, 10 and 100 epochs"""
    for epochs, w, b in (
        (2, 0.8991900866, -0.2162701752),
        (10, 1.7376294570, -0.6013749080),
        (100, 3.8692042729, -1.7954029745),
    ):
        got = submission.train(X, Y, 0.5, epochs)
        assert_close(got, numbers(w, b), rule=printed(10), what=f"train(X, y, 0.5, {epochs})")


@points(6, "R")
@cases(soft, labels, shift)
def test_matches_reference(submission, reference, case):
    """ends every epoch at the right weight and bias"""
    agree(submission, reference, "train", case, steps="epochs")


@points(1, "INV")
@cases(soft)
def test_negated_inputs(submission, case):
    """negates w and keeps b when all inputs are negated"""
    w, b = trained(submission, case)
    assert_close(submission.train(**case | {"X": -case["X"]}), (-w, b))


@points(1, "INV")
@cases(soft)
def test_flipped_targets(submission, case):
    """negates w and b when every target y becomes 1 - y"""
    w, b = trained(submission, case)
    assert_close(submission.train(**case | {"y": 1 - case["y"]}), (-w, -b))


@points(1, "INV")
@cases(soft)
def test_order_matters(submission, case):
    """ends elsewhere when the samples come in reverse order"""
    w, _ = trained(submission, case)
    w_reversed, _ = trained(submission, case | {"X": case["X"].flip(0), "y": case["y"].flip(0)})
    assert_true(
        abs(float(w) - float(w_reversed)) > 1e-9 * abs(float(w)),
        "The samples in reverse order give the same weight: every sample must take its own step, one after the other.",
    )


@points(1, "INV")
@cases(labels)
def test_equals_batches_of_one(submission, case):
    """equals mini-batch descent with one sample per batch"""
    assert_close(submission.train(**case), one_per_batch(**case))


@points(1, "EDGE")
@cases(far)
def test_far_inputs(submission, reference, case):
    """stays finite for inputs far from 0"""
    agree(submission, reference, "train", case)


@points(1, "EDGE")
@cases(crawling)
def test_small_steps(submission, reference, case):
    """makes all epochs, however small the steps are"""
    agree(submission, reference, "train", case, steps="epochs")


test_edges = edges("train", soft, "EMPTY", "N1", "EP0", "LR0")
test_contract = contract("train", soft, weight=7)
test_contract_without_updates = contract("train", no_epochs, tags=("F64", "DEV"), weight=2)
