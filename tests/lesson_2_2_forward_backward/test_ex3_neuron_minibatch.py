"""Checks of exercise 2.2.3: one sigmoid neuron, trained batch by batch."""

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

EXERCISE = Exercise(points=4, forbid=BY_HAND)

X = torch.tensor([-2, -1, 0, 1, 2], dtype=torch.float64)
Y = torch.tensor([0, 0, 0, 1, 1], dtype=torch.float64)


def eleven(draw, batch_size):
    """Eleven samples with inputs around 1, so that neither a mean input nor a mean delta is near 0."""
    x = draw.normal(11) + 1
    return dict(X=x, y=draw.uniform(11, low=0.05, high=0.95), lr=1.0, epochs=5, batch_size=batch_size)


def twos(draw):
    """11 samples in batches of 2"""
    return eleven(draw, 2)


def fours(draw):
    """11 samples in batches of 4"""
    return eleven(draw, 4)


def fives(draw):
    """11 samples in batches of 5"""
    return eleven(draw, 5)


def whole(draw):
    """11 samples in one batch"""
    return eleven(draw, 11)


def ones(draw):
    """11 samples in batches of 1"""
    return eleven(draw, 1)


def crawling(draw):
    """a learning rate so small that w and b hardly move"""
    return fours(draw) | dict(lr=1e-9, epochs=3)


def no_epochs(draw):
    """no epochs"""
    return fours(draw) | dict(epochs=0)


def numbers(w, b):
    """Return published numbers as the pair that `train_batch` returns."""
    return torch.tensor(w, dtype=torch.float64), torch.tensor(b, dtype=torch.float64)


def gradient(w, b, x, target):
    """Return the derivatives of (a - target)² with respect to w and b, one per sample."""
    a = 1 / (1 + torch.exp(-(w * x + b)))
    delta = 2 * (a - target) * a * (1 - a)
    return delta * x, delta


@points(1, "W")
def test_first_epoch(submission):
    """gives the numbers of the worked example after each batch of the first epoch"""
    steps = [(0.1875, -0.125), (0.2479884206, -0.1228821009), (0.4449509775, -0.0244008224)]
    # The first epoch over the first n samples is the state after them.
    for n, (w, b) in zip((2, 4, 5), steps):
        got = submission.train_batch(X[:n], Y[:n], 0.5, 1, 2)
        assert_close(got, numbers(w, b), rule=printed(10), what=f"train_batch(X[:{n}], y[:{n}], 0.5, 1, 2)")


@points(1, "W")
def test_more_epochs(submission):
    """gives the numbers of the worked example after 2, 10 and 100 epochs in batches of 2"""
    for epochs, w, b in (
        (2, 0.6913755934, -0.0640526590),
        (10, 1.3893589691, -0.3486089821),
        (100, 3.0869341634, -1.3948301269),
    ):
        got = submission.train_batch(X, Y, 0.5, epochs, 2)
        assert_close(got, numbers(w, b), rule=printed(10), what=f"train_batch(X, y, 0.5, {epochs}, 2)")


@points(1, "W")
def test_one_batch(submission):
    """gives the numbers of the worked example with all samples in one batch"""
    for epochs, w, b in (
        (1, 0.15, -0.025),
        (2, 0.2792118457, -0.0482273613),
        (10, 0.8464631469, -0.1904580426),
        (100, 2.1817903397, -0.8993145501),
    ):
        got = submission.train_batch(X, Y, 0.5, epochs, 5)
        assert_close(got, numbers(w, b), rule=printed(10), what=f"train_batch(X, y, 0.5, {epochs}, 5)")


@points(6, "R")
@cases(twos, fours, fives)
def test_matches_reference(submission, reference, case):
    """ends every epoch at the right weight and bias"""
    agree(submission, reference, "train_batch", case, steps="epochs")


@points(1, "INV")
@cases(ones)
def test_batches_of_one(submission, case):
    """equals training sample by sample when batch_size is 1"""
    w = b = torch.zeros((), dtype=torch.float64)
    for _ in range(case["epochs"]):
        for x, target in zip(case["X"], case["y"]):
            dw, db = gradient(w, b, x, target)
            w, b = w - case["lr"] * dw, b - case["lr"] * db
    assert_close(submission.train_batch(**case), (w, b))


@points(1, "INV")
@cases(whole)
def test_one_batch_of_all(submission, case):
    """equals full-batch gradient descent when batch_size is N"""
    w = b = torch.zeros((), dtype=torch.float64)
    for _ in range(case["epochs"]):
        dw, db = gradient(w, b, case["X"], case["y"])
        w, b = w - case["lr"] * dw.mean(), b - case["lr"] * db.mean()
    assert_close(submission.train_batch(**case), (w, b))


@points(1, "INV")
@cases(whole)
def test_more_than_all(submission, case):
    """treats a batch_size above N like N"""
    assert_close(submission.train_batch(**case | {"batch_size": 17}), submission.train_batch(**case))


@points(1, "INV")
@cases(fours)
def test_order_inside_a_batch(submission, case, draw):
    """does not depend on the order of the samples inside a batch"""
    order = torch.cat([start + draw.permutation(size) for start, size in ((0, 4), (4, 4), (8, 3))])
    permuted = case | {"X": case["X"][order], "y": case["y"][order]}
    assert_close(submission.train_batch(**permuted), submission.train_batch(**case))


@points(1, "INV")
@cases(fives)
def test_every_sample_twice(submission, case):
    """does not change when every sample comes twice and the batches are twice as large"""
    doubled = case | {"X": case["X"].repeat_interleave(2), "y": case["y"].repeat_interleave(2), "batch_size": 10}
    assert_close(submission.train_batch(**doubled), submission.train_batch(**case))


@points(1, "EDGE")
@cases(fours)
def test_negative_batch_size(submission, case):
    """raises ValueError for a negative batch_size"""
    raises(ValueError, submission, "train_batch", case | {"batch_size": -2})


@points(1, "EDGE")
@cases(crawling)
def test_small_steps(submission, reference, case):
    """makes all epochs, however small the steps are"""
    agree(submission, reference, "train_batch", case, steps="epochs")


test_edges = edges("train_batch", fours, "EMPTY", "EP0", "LR0", "LAST", "BIG", "BADB")
test_contract = contract("train_batch", fours, weight=7)
test_contract_without_updates = contract("train_batch", no_epochs, tags=("F64", "DEV"), weight=2)
