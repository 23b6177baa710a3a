"""Checks of exercise 3.5.1: the gradient of many workers."""

import torch

from grader.testing import (
    BY_HAND,
    Exercise,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    points,
    printed,
    spy,
)

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def gradients_of(draw, d):
    """Return a grad_fn: the gradients of the mean squared error of a linear model; NaN without samples."""
    w, b = draw.normal(d, 1), draw.normal(1)

    def grad_fn(X, y):
        error = X @ w.to(X.dtype) + b.to(X.dtype) - y
        return 2 * X.T @ error / torch.tensor(float(len(X)), dtype=X.dtype), 2 * error.mean(0)

    return spy("grad_fn", grad_fn)


def work(draw, n, num_workers, d=3):
    """Return n samples with d features, a grad_fn and a number of workers."""
    return dict(X=draw.normal(n, d), y=draw.normal(n, 1), grad_fn=gradients_of(draw, d), num_workers=num_workers)


def ragged(draw):
    """10 samples, 4 workers"""
    return work(draw, 10, 4)


def one_more(draw):
    """13 samples, 3 workers"""
    return work(draw, 13, 3, d=2)


def more_workers(draw):
    """3 samples, 5 workers"""
    return work(draw, 3, 5)


def even(draw):
    """12 samples, 3 workers"""
    return work(draw, 12, 3)


def one_worker(draw):
    """7 samples, 1 worker"""
    return work(draw, 7, 1)


def one_sample(draw):
    """1 sample, 3 workers"""
    return work(draw, 1, 3)


def no_samples(draw):
    """no samples"""
    return work(draw, 0, 3)


def no_workers(draw):
    """num_workers=0"""
    return work(draw, 4, 0)


def parts(draw, n, num_workers):
    """Return numbered samples, so that every row can be told from every other."""
    numbers = torch.arange(float(n), dtype=torch.float64)
    return dict(X=torch.stack([numbers, draw.normal(n)], 1), y=100 + numbers[:, None], num_workers=num_workers)


def parts_ragged(draw):
    """10 samples, 4 workers"""
    return parts(draw, 10, 4)


def parts_more_workers(draw):
    """3 samples, 5 workers"""
    return parts(draw, 3, 5)


def parts_one_more(draw):
    """13 samples, 3 workers"""
    return parts(draw, 13, 3)


def parts_none(draw):
    """no samples"""
    return parts(draw, 0, 2)


def parts_no_workers(draw):
    """num_workers=0"""
    return parts(draw, 4, 0)


def parts_negative(draw):
    """a negative num_workers"""
    return parts(draw, 4, -2)


@points(1, "W")
def test_worked_sizes(submission):
    """makes parts of the sizes in the worked example"""
    for n, expected in ((10, [4, 3, 3]), (2, [1, 1, 0])):
        X = torch.arange(float(2 * n), dtype=torch.float64).reshape(n, 2)
        found = submission.shard(X, X[:, :1], 3)
        assert_true(
            isinstance(found, list) and all(isinstance(part, tuple) and len(part) == 2 for part in found),
            "shard must return a list of pairs (X_k, y_k).",
        )
        for which, name in enumerate(("X_k", "y_k")):
            assert_close([len(part[which]) for part in found], expected, what=f"the numbers of rows of {name}")


@points(1, "W")
def test_worked_weights(submission):
    """weights the gradients of the worked example"""

    def grad_fn(X, y):
        return (X.mean(0),)

    X = torch.tensor([1.0] * 4 + [2.0] * 3 + [4.0] * 3, dtype=torch.float64).reshape(10, 1)
    result = submission.data_parallel_gradients(X, X, spy("grad_fn", grad_fn), 3)
    assert_close(result, (torch.tensor([2.2], dtype=torch.float64),), rule=printed(10))


@points(1, "R")
@cases(parts_ragged, parts_more_workers, parts_one_more)
def test_shard(submission, reference, case):
    """cuts the samples into parts for the workers"""
    agree(submission, reference, "shard", case)


@points(3, "R")
@cases(ragged, one_more, more_workers)
def test_gradients(submission, reference, case):
    """combines the gradients of all workers"""
    agree(submission, reference, "data_parallel_gradients", case)


@points(1, "INV")
@cases(ragged, even, one_worker)
def test_equals_whole_batch(submission, case):
    """gives the gradient of the whole batch, for any number of workers"""
    expected = case["grad_fn"](case["X"], case["y"])
    for num_workers in (case["num_workers"], 2, 5, 20):
        case = case | {"num_workers": num_workers}
        assert_close(submission.data_parallel_gradients(**case), expected, what=f"num_workers={num_workers}")


@points(1, "T")
@cases(ragged, more_workers)
def test_calls(submission, case):
    """asks grad_fn for every sample once, and never for no samples"""
    calls = submission.answer("data_parallel_gradients", case).trace
    sizes = [len(args[0]) for _, args in calls]
    assert_true(0 not in sizes, "grad_fn was called without samples: skip empty parts.")
    n, workers = len(case["X"]), case["num_workers"]
    assert_true(sizes != [n], "grad_fn was called once, with all samples: call it once for every part.")
    expected = sorted(n // workers + (k < n % workers) for k in range(min(n, workers)))
    counted = f"Calls of grad_fn: {len(sizes)}, parts that are not empty: {len(expected)}."
    assert_true(len(sizes) == len(expected), f"{counted} Call it once for every part.")
    assert_close(sorted(sizes), expected, what="the numbers of samples in the calls of grad_fn, sorted")


@points(1, "EDGE")
@cases(one_worker, one_sample, no_samples, no_workers)
def test_gradient_edges(submission, reference, case):
    """combines gradients at the edges, too"""
    agree(submission, reference, "data_parallel_gradients", case)


@points(1, "EDGE")
@cases(parts_none, parts_no_workers, parts_negative)
def test_shard_edges(submission, reference, case):
    """cuts parts at the edges, too"""
    agree(submission, reference, "shard", case)


@points(1, "INV")
@cases(ragged)
def test_gradients_of_any_number(submission, case):
    """combines tuples of any length and tensors of any shape"""
    scalar = spy("grad_fn", lambda X, y: (X.mean(), (X * y).mean(0), y.mean().reshape(1, 1, 1)))
    expected = scalar(case["X"], case["y"])
    assert_close(submission.data_parallel_gradients(**case | {"grad_fn": scalar}), expected)


test_shard_contract = contract("shard", parts_ragged, without=("NOALIAS",))  # views and copies are both right
test_gradient_contract = contract("data_parallel_gradients", ragged)
