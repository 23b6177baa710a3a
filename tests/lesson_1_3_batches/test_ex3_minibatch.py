"""Checks of exercise 1.3.3: mini-batch gradient descent."""

import torch

from grader.testing import BY_HAND, Exercise, agree, assert_close, assert_true, cases, contract, edges, points, printed

EXERCISE = Exercise(points=5, forbid=BY_HAND)


def ragged(draw):
    """batches of 4 from 11 samples, in order"""
    return dict(**data(draw, 11, 3), lr=0.05, epochs=5, batch_size=4)


def ragged_shuffled(draw):
    """batches of 4 from 11 samples, shuffled"""
    return ragged(draw) | dict(generator=draw.generator())


def even_shuffled(draw):
    """batches of 3 from 12 samples, shuffled"""
    return dict(**data(draw, 12, 2), lr=0.05, epochs=4, batch_size=3, generator=draw.generator())


def shift(draw):
    """features around 3, batches of 5 from 11 samples, in order"""
    case = dict(**data(draw, 11, 2), lr=0.01, epochs=5, batch_size=5)
    return case | dict(X=case["X"] + 3)


def column(draw):
    """a single feature, batches of 2 from 7 samples, shuffled"""
    return dict(**data(draw, 7, 1), lr=0.1, epochs=4, batch_size=2, generator=draw.generator())


def too_fast(draw):
    """a learning rate so large that the loss rises"""
    return ragged(draw) | dict(lr=1.5, epochs=3)


def full(draw):
    """one batch of all 9 samples, in order"""
    return dict(**data(draw, 9, 2), lr=0.1, epochs=5, batch_size=9)


def full_shuffled(draw):
    """one batch of all 9 samples, shuffled"""
    return full(draw) | dict(generator=draw.generator())


def single(draw):
    """batches of one sample, in order"""
    return dict(**data(draw, 9, 2), lr=0.05, epochs=3, batch_size=1)


def negative_batch_size(draw):
    """batch_size=-2"""
    return ragged(draw) | dict(batch_size=-2)


def data(draw, n, d):
    return dict(X=draw.normal(n, d), y=draw.normal(n, 1), w=draw.normal(d, 1), b=draw.normal(1))


def descend(case, batches):
    """Full-data losses and parameters of plain descent, with the given row numbers for every update of an epoch."""
    X, y, w, b, lr = case["X"], case["y"], case["w"], case["b"], case["lr"]
    losses = []
    for _ in range(case["epochs"]):
        for rows in batches:
            error = X[rows] @ w + b - y[rows]
            w, b = w - lr * 2 * X[rows].T @ error / len(rows), b - lr * 2 * error.mean(0)
        losses.append((X @ w + b - y).square().mean().item())
    return w, b, losses


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    X = torch.tensor([[1.0], [2.0], [3.0]], dtype=torch.float64)
    y = torch.tensor([[2.0], [4.0], [5.0]], dtype=torch.float64)
    w, b = torch.zeros(1, 1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
    result = submission.train_minibatch(X, y, w, b, 0.1, 2, 2)
    expected = (torch.full_like(w, 1.224), torch.full_like(b, 0.608), [0.9306666667, 0.4792533333])
    assert_close(result, expected, rule=printed(10))


@points(1, "W")
def test_published_batch(submission, published):
    """reaches the known parameters on the 80 points with one batch"""
    check_published(submission, published, batch_size=80, w=1.6509355726, b=1.1860732933)


@points(1, "W")
def test_published_mini_batch(submission, published):
    """reaches the known parameters on the 80 points with batches of 16"""
    check_published(submission, published, batch_size=16, w=1.9671553948, b=1.0205114851)


@points(1, "W")
def test_published_stochastic(submission, published):
    """reaches the known parameters on the 80 points with batches of one"""
    check_published(submission, published, batch_size=1, w=1.9633642586, b=1.0072155402)


def check_published(submission, published, batch_size, w, b):
    x, y, w_start, b_start = published["x_train"], published["y_train"], published["w"].reshape(1, 1), published["b"]
    result = submission.train_minibatch(x, y, w_start, b_start, 0.1, 100, batch_size)
    assert_true(isinstance(result, tuple) and len(result) == 3, "`train_minibatch` must return (w, b, losses).")
    expected = (torch.full_like(w_start, w), torch.full_like(b_start, b))
    assert_close(result[:2], expected, rule=printed(10), what=f"batch_size={batch_size}, 100 epochs")


@points(8, "R")
@cases(ragged, ragged_shuffled, even_shuffled, shift, column, too_fast)
def test_matches_reference(submission, reference, case):
    """follows the reference through every epoch"""
    agree(submission, reference, "train_minibatch", case, steps="epochs")


@points(1, "INV")
@cases(full, full_shuffled)
def test_batch_descent(submission, case):
    """is batch descent when one batch holds all the samples"""
    expected = descend(case, [list(range(9))])
    assert_close(submission.train_minibatch(**case), expected, what="batch descent")


@points(1, "INV")
@cases(single)
def test_stochastic_descent(submission, case):
    """is stochastic descent when a batch holds one sample"""
    expected = descend(case, [[i] for i in range(9)])
    assert_close(submission.train_minibatch(**case), expected, what="stochastic descent")


@points(1, "INV")
@cases(full)
def test_batch_size_above_n(submission, case):
    """treats a batch size above N as N"""
    above = submission.train_minibatch(**case | dict(batch_size=15))
    assert_close(above, submission.train_minibatch(**case), what="batch_size=15 with 9 samples")


@points(1, "INV")
@cases(ragged_shuffled, full_shuffled)
def test_generator(submission, case):
    """draws exactly one permutation per epoch"""
    expected = torch.Generator()
    expected.set_state(case["generator"].get_state())
    for _ in range(case["epochs"]):
        torch.randperm(len(case["X"]), generator=expected)
    answer = submission.answer("train_minibatch", case)
    assert_true(
        torch.equal(answer.generators["generator"].get_state(), expected.get_state()),
        "The generator must have moved on by one permutation of N per epoch: no draw more, no draw less, no other draw.",
    )


test_edges = edges("train_minibatch", ragged, "LAST", "BIG", "BADB", "EP0", "LR0", "EMPTY", "N1", weight=7)


@points(1, "EDGE")
@cases(negative_batch_size)
def test_negative_batch_size(submission, reference, case):
    """refuses a negative batch size, too"""
    agree(submission, reference, "train_minibatch", case)


test_contract = contract("train_minibatch", ragged)
test_contract_shuffled = contract("train_minibatch", ragged_shuffled, tags=("NOMUT",))
