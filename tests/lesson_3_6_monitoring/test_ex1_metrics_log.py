"""Checks of exercise 3.6.1: three numbers worth logging."""

import torch

from grader.testing import BY_HAND, Exercise, agree, assert_close, assert_true, cases, contract, points, printed

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def classified(draw, n, k):
    """Return logits of n samples and k classes, and targets of which some are met, but not all."""
    logits = draw.normal(n, k)
    targets = logits.argmax(1)
    missed = draw.permutation(n)[: n // 3 + 1]
    targets[missed] = (targets[missed] + draw.integers(len(missed), low=1, high=k)) % k
    return dict(logits=logits, targets=targets)


def batch(draw):
    """11 samples, 4 classes"""
    return classified(draw, 11, 4)


def square_batch(draw):
    """5 samples, 5 classes"""
    return classified(draw, 5, 5)


def all_hits(draw):
    """7 samples, all of them right"""
    logits = draw.normal(7, 4)
    return dict(logits=logits, targets=logits.argmax(1))


def ties(draw):
    """rows with several largest entries"""
    rows = [[1.0, 1.0, 0.0], [0.0, 2.0, 2.0], [3.0, 3.0, 3.0], [0.5, 0.0, 0.5], [0.0, 1.0, 2.0]]
    return dict(logits=torch.tensor(rows, dtype=torch.float64), targets=torch.tensor([0, 1, 0, 2, 2]))


def one_hit(draw):
    """one sample, and it is right"""
    return dict(logits=torch.tensor([[0.5, 2.0, 1.0]], dtype=torch.float64), targets=torch.tensor([1]))


def one_miss(draw):
    """one sample, and it is wrong"""
    return dict(logits=torch.tensor([[0.5, 2.0, 1.0]], dtype=torch.float64), targets=torch.tensor([2]))


def no_samples(draw):
    """no samples"""
    return dict(logits=draw.normal(0, 3), targets=draw.integers(0, low=0, high=3))


def tensors(draw):
    """gradients of five shapes, one of them a single number"""
    single = draw.normal(1).reshape(()) + 2
    return dict(grads=[draw.normal(3, 4), draw.normal(4), single, draw.normal(4, 2), draw.normal(2)])


def two_equal(draw):
    """two gradients of equal shape"""
    return dict(grads=[draw.normal(3, 2) + 2, draw.normal(3, 2) - 2])


def with_none(draw):
    """gradients with None among them"""
    return dict(grads=[None, draw.normal(3, 4), None, draw.normal(4)])


def only_none(draw):
    """nothing but None"""
    return dict(grads=[None, None])


def no_gradients(draw):
    """an empty list"""
    return dict(grads=[])


def series(draw):
    """12 values, the usual beta"""
    return dict(values=(draw.normal(12) + 3).tolist())


def series_half(draw):
    """9 values, beta 0.5"""
    return dict(values=draw.normal(9).tolist(), beta=0.5)


def not_smoothed(draw):
    """beta 0"""
    return dict(values=draw.normal(6).tolist(), beta=0.0)


def no_values(draw):
    """no values"""
    return dict(values=[])


def one_value(draw):
    """one value"""
    return dict(values=draw.normal(1).tolist())


@points(1, "W")
def test_worked_accuracy(submission):
    """counts the hits of the worked example"""
    logits = torch.tensor([[2, 1, 0], [0, 1, 5], [3, 3, 1]], dtype=torch.float64)
    assert_close(submission.accuracy(logits, torch.tensor([0, 1, 0])), 2 / 3, what="accuracy")


@points(1, "W")
def test_worked_norm(submission):
    """gives the norm of the worked example"""
    grads = [torch.tensor([3.0], dtype=torch.float64), torch.tensor([4.0], dtype=torch.float64)]
    assert_close(submission.global_grad_norm(grads), 5.0, what="norm")


@points(1, "W")
def test_worked_average(submission):
    """gives the averages of the worked example"""
    assert_close(
        submission.smoothed([1.0, 2.0, 0.0]), [1.0, 1.5263157895, 0.9630996310], rule=printed(10), what="smoothed"
    )


@points(2, "R")
@cases(batch, square_batch, all_hits)
def test_accuracy(submission, reference, case):
    """gives the right accuracy"""
    agree(submission, reference, "accuracy", case)


@points(2, "R")
@cases(tensors, two_equal)
def test_norm(submission, reference, case):
    """gives the right norm of all gradients together"""
    agree(submission, reference, "global_grad_norm", case)


@points(2, "R")
@cases(series, series_half)
def test_smoothed(submission, reference, case):
    """gives the right moving average"""
    agree(submission, reference, "smoothed", case)


@points(1, "INV")
@cases(batch)
def test_order_matters_only(submission, case, draw):
    """gives the same accuracy when rows are shifted and when all logits go through an increasing function"""
    found = submission.accuracy(**case)
    shifted = case["logits"] + 5 * draw.normal(11, 1)
    assert_close(submission.accuracy(shifted, case["targets"]), found, what="the accuracy after a shift of the rows")
    bent = case["logits"].exp()
    assert_close(submission.accuracy(bent, case["targets"]), found, what="the accuracy of the exponentials")


@points(1, "INV")
@cases(tensors)
def test_one_long_gradient(submission, case):
    """gives the norm of all entries in one row"""
    entries = torch.cat([grad.flatten() for grad in case["grads"]])
    assert_close(submission.global_grad_norm(**case), entries.norm().item())


@points(1, "INV")
def test_constants(submission, draw):
    """leaves constant values as they are"""
    value = float(draw.normal(1)) + 4
    assert_close(submission.smoothed([value] * 15, 0.8), [value] * 15)


@points(1, "EDGE")
@cases(ties, one_hit, one_miss, no_samples)
def test_accuracy_edges(submission, reference, case):
    """gives the right accuracy at the edges, too"""
    agree(submission, reference, "accuracy", case)


@points(1, "EDGE")
@cases(with_none, only_none, no_gradients)
def test_norm_edges(submission, reference, case):
    """skips what has no gradient"""
    agree(submission, reference, "global_grad_norm", case)


@points(1, "EDGE")
@cases(not_smoothed, no_values, one_value)
def test_smoothed_edges(submission, reference, case):
    """gives the right average at the edges, too"""
    agree(submission, reference, "smoothed", case)


@points(1, "CON")
@cases(series)
def test_list_of_floats(submission, case):
    """returns a list of Python floats from `smoothed` and keeps the values it was given"""
    answer = submission.answer("smoothed", case)
    is_plain = isinstance(answer.value, list) and all(type(value) is float for value in answer.value)
    assert_true(is_plain, "smoothed must return a list of Python floats.")
    assert_true(not answer.mutated, "smoothed changed its argument `values`: build a list of its own.")


@points(1, "CON")
@cases(no_samples)
def test_float_of_nothing(submission, case):
    """returns the Python float 0.0 where there is nothing to count"""
    for name, found in (
        ("accuracy", submission.accuracy(**case)),
        ("global_grad_norm", submission.global_grad_norm([])),
        ("global_grad_norm", submission.global_grad_norm([None])),
    ):
        assert_true(type(found) is float, f"{name} must return a Python float, not {type(found).__name__}.")


KEPT = ("DEV", "NOMUT", "NOGRAD", "NONC", "TYPE")  # the results are Python floats
test_accuracy_contract = contract("accuracy", batch, tags=KEPT)
test_norm_contract = contract("global_grad_norm", tensors, tags=KEPT)
