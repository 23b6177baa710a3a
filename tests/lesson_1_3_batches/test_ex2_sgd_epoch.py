"""Checks of exercise 1.3.2: one epoch of stochastic gradient descent."""

import torch

from grader.testing import BY_HAND, Exercise, agree, assert_close, assert_true, cases, contract, points, printed

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def gauss(draw):
    """normal data in a random order"""
    return dict(**data(draw, 11, 3), lr=0.05, order=draw.permutation(11))


def column(draw):
    """a single feature in a random order"""
    return dict(**data(draw, 9, 1), lr=0.1, order=draw.permutation(9))


def selection(draw):
    """some samples twice, others never"""
    rows = draw.permutation(13)[:5]
    return dict(**data(draw, 13, 2), lr=0.05, order=torch.cat([rows, rows.flip(0)[:3]]))


def longer(draw):
    """more visits than samples"""
    return dict(**data(draw, 7, 2), lr=0.05, order=torch.cat([draw.permutation(7), draw.permutation(7)[:4]]))


def empty_order(draw):
    """an empty order"""
    return gauss(draw) | dict(order=torch.zeros(0, dtype=torch.int64))


def no_samples(draw):
    """no samples"""
    return dict(**data(draw, 0, 3), lr=0.05, order=torch.zeros(0, dtype=torch.int64))


def one_sample(draw):
    """one sample"""
    return dict(**data(draw, 1, 3), lr=0.05, order=torch.zeros(1, dtype=torch.int64))


def same_again(draw):
    """one sample three times"""
    return gauss(draw) | dict(order=torch.tensor([4, 4, 4]))


def zero_lr(draw):
    """lr=0"""
    return gauss(draw) | dict(lr=0.0)


def data(draw, n, d):
    return dict(X=draw.normal(n, d), y=draw.normal(n, 1), w=draw.normal(d, 1), b=draw.normal(1))


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    X, y = torch.tensor([[1.0], [2.0]], dtype=torch.float64), torch.tensor([[2.0], [3.0]], dtype=torch.float64)
    w, b = torch.zeros(1, 1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
    forwards = submission.sgd_epoch(X, y, w, b, 0.1, torch.tensor([0, 1]))
    assert_close(forwards, (torch.full_like(w, 1.12), torch.full_like(b, 0.76)))
    backwards = submission.sgd_epoch(X, y, w, b, 0.1, torch.tensor([1, 0]))
    assert_close(backwards, (torch.full_like(w, 1.24), torch.full_like(b, 0.64)))


@points(1, "W")
def test_published_run(submission, published):
    """reaches the published parameters after one epoch over the 80 points"""
    x, y, w, b = published["x_train"], published["y_train"], published["w"].reshape(1, 1), published["b"]
    result = submission.sgd_epoch(x, y, w, b, 0.1, torch.arange(80))
    assert_close(result, (torch.full_like(w, 1.5686559067), torch.full_like(b, 1.1987709475)), rule=printed(10))


@points(3, "R")
@cases(gauss, column, selection, longer)
def test_matches_reference(submission, reference, case):
    """follows the order, sample by sample"""
    agree(submission, reference, "sgd_epoch", case)


@points(1, "INV")
@cases(gauss, longer)
def test_split_order(submission, case):
    """can stop anywhere in the order and go on from there"""
    whole = submission.sgd_epoch(**case)
    order = case["order"]
    half = submission.sgd_epoch(**case | dict(order=order[:4]))
    assert_true(isinstance(half, tuple) and len(half) == 2, "`sgd_epoch` must return the pair (w, b).")
    rest = submission.sgd_epoch(**case | dict(w=half[0], b=half[1], order=order[4:]))
    assert_close(rest, whole, what="the order in two calls")


@points(1, "INV")
@cases(gauss, selection)
def test_renumbered_samples(submission, draw, case):
    """does not depend on the numbering of the samples"""
    shuffle = draw.permutation(len(case["X"]))
    # Row k of the shuffled data is row shuffle[k] of the old: the old row i is found at place argsort(shuffle)[i].
    renumbered = dict(X=case["X"][shuffle], y=case["y"][shuffle], order=torch.argsort(shuffle)[case["order"]])
    assert_close(submission.sgd_epoch(**case | renumbered), submission.sgd_epoch(**case), what="renumbered samples")


@points(1, "EDGE")
@cases(empty_order, no_samples, one_sample, same_again, zero_lr)
def test_edges(submission, reference, case):
    """is right at the edges, too"""
    agree(submission, reference, "sgd_epoch", case)


test_contract = contract("sgd_epoch", gauss, weight=7)
test_contract_without_updates = contract("sgd_epoch", empty_order, tags=("NOALIAS",))
