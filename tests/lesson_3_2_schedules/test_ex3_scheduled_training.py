"""Checks of exercise 3.2.3: training with a schedule, and a comparison of learning rates."""

import math

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
    raises,
    relative,
    scaled,
    spy,
)

EXERCISE = Exercise(points=4, forbid=BY_HAND)


def samples(draw, n, d):
    """Return n samples with d features, and a start."""
    b = draw.uniform(1, low=0.5, high=1.5)
    return dict(X=draw.normal(n, d), y=draw.normal(n, 1) - 1, w=draw.normal(d, 1), b=b)


def steps(draw):
    """a rate that halves every two epochs"""
    return samples(draw, 11, 3) | dict(schedule=lambda epoch: 0.16 * 0.5 ** (epoch // 2), epochs=6)


def warmup(draw):
    """a rate that climbs for three epochs and then falls"""
    return samples(draw, 13, 2) | dict(schedule=lambda epoch: (0.05, 0.1, 0.15, 0.12, 0.06)[epoch % 5], epochs=5)


def no_samples(draw):
    """no samples"""
    case = steps(draw)
    return case | dict(X=case["X"][:0], y=case["y"][:0])


def at_the_minimum(draw):
    """a start whose errors are 0"""
    case = steps(draw)
    return case | dict(y=case["X"] @ case["w"] + case["b"])


def one_feature(draw):
    """a single feature, a rate that falls in every epoch"""
    return samples(draw, 9, 1) | dict(schedule=lambda epoch: 0.2 * 0.8**epoch, epochs=4)


def several(draw):
    """four rates, three features"""
    return samples(draw, 11, 3) | dict(rates=[0.01, 0.2, 0.05, 0.1], epochs=6)


def a_tuple(draw):
    """a tuple of rates, one feature"""
    return samples(draw, 9, 1) | dict(rates=(0.1, 0.02, 0.1), epochs=5)


def too_large(draw):
    """rates under which the parameters overflow"""
    return samples(draw, 7, 2) | dict(rates=[0.1, 1e9, 1e150, 0.02], epochs=50)


def no_rates(draw):
    """no rates"""
    return several(draw) | dict(rates=[])


def no_epochs(draw):
    """no epochs"""
    return several(draw) | dict(epochs=0)


def column(*values):
    return torch.tensor(values, dtype=torch.float64).reshape(-1, 1)


def trained(submission, case):
    """Return (w, b, losses, lrs), or say that this is not what came back."""
    result = submission.train_with_schedule(**case)
    assert_true(isinstance(result, tuple) and len(result) == 4, "Return four values: w, b, the losses and the rates.")
    *parameters, losses, lrs = result
    assert_true(all(isinstance(parameter, torch.Tensor) for parameter in parameters), "w and b are tensors.")
    for name, history in (("losses", losses), ("rates", lrs)):
        assert_true(isinstance(history, list), f"The {name} are a list.")
        assert_true(len(history) == case["epochs"], f"There are {len(history)} {name} for {case['epochs']} epochs.")
    return result


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    case = dict(X=column(1, 2, 3), y=column(2, 4, 5), w=column(0), b=torch.zeros(1).double())
    w, b, losses, lrs = trained(submission, case | dict(schedule=lambda epoch: 0.1 * 0.5**epoch, epochs=3))
    assert_close(losses, [15.0, 0.2340740741, 0.0909662551], rule=printed(10), what="losses")
    assert_close(lrs, [0.1, 0.05, 0.025], what="lrs")
    assert_close(w, column(1.5552592593), rule=printed(10), what="w")
    assert_close(b, torch.tensor([0.6844444444], dtype=torch.float64), rule=printed(10), what="b")


@points(1, "W")
def test_published_rates(submission, published):
    """gives the losses of six learning rates on the published points"""
    zero = torch.zeros(1).double()
    case = dict(X=published["x_train"].reshape(-1, 1), y=published["y_train"].reshape(-1, 1), w=column(0), b=zero)
    rates = [0.001, 0.1, 0.2, 0.8, 0.81, 1.1]
    found = submission.compare_rates(**case, rates=rates, epochs=50)
    right = isinstance(found, list) and len(found) == 6 and all(isinstance(loss, float | int) for loss in found)
    assert_true(right, "compare_rates must return a list with one float for each rate.")
    for rate, loss, expected in zip(rates, found, (3.2943464, 0.0353680, 0.0138686, 1.0319511, 12.3103563)):
        assert_close(loss, expected, rule=printed(7), what=f"the final loss for the rate {rate}")
    assert_close(found[5], 2.7724243e24, rule=relative(2e-8), what="the final loss for the rate 1.1")


@points(4, "R")
@cases(steps, warmup, one_feature)
def test_training(submission, reference, case):
    """follows the reference through every epoch"""
    agree(submission, reference, "train_with_schedule", case, steps="epochs")


@points(3, "R")
@cases(several, a_tuple)
def test_comparison(submission, reference, case):
    """gives the right final loss for every rate"""
    agree(submission, reference, "compare_rates", case)


@points(2, "T")
@cases(steps, warmup)
def test_calls_of_the_schedule(submission, case):
    """asks the schedule once per epoch, for 0, 1, 2 and so on"""
    answer = submission.answer("train_with_schedule", case | dict(schedule=spy("schedule", case["schedule"])))
    asked = [arguments for _, arguments in answer.trace]
    expected = [(epoch,) for epoch in range(case["epochs"])]
    said = ", ".join(str(one[0]) if len(one) == 1 else str(one) for one in asked[:12]) or "nothing"
    assert_true(
        asked == expected,
        f"The schedule was asked for {said}; it must be asked for 0 to {case['epochs'] - 1}, once each.",
    )


def constant_rate(X, y, w, b, *, lr, epochs):
    """Return w, b and losses of gradient descent with a constant rate."""
    losses = []
    for _ in range(epochs):
        error = X @ w + b - y
        losses.append(error.square().mean().item())
        w, b = w - lr * 2 * X.T @ error / len(X), b - lr * 2 * error.mean(0)
    return w, b, losses


@points(1, "INV")
def test_constant_schedule(submission, draw):
    """is the training of lesson 1.2 when the schedule is constant"""
    data = samples(draw, 11, 3)
    found = trained(submission, data | dict(schedule=lambda _: 0.05, epochs=6))
    assert_close(found[:3], constant_rate(**data, lr=0.05, epochs=6), what="(w, b, losses)")


@points(1, "INV")
@cases(several)
def test_order_of_rates(submission, case):
    """gives the same losses in another order when the rates change places"""
    losses = submission.compare_rates(**case)
    is_list = isinstance(losses, list) and len(losses) == len(case["rates"])
    assert_true(is_list, "compare_rates must return a list with one loss for each rate.")
    turned = submission.compare_rates(**case | dict(rates=case["rates"][::-1]))
    assert_close(turned, losses[::-1], what="the losses of the rates in reverse order")


@points(2, "EDGE")
@cases(too_large)
def test_divergence(submission, case):
    """reports a loss that is not finite as infinity"""
    losses = submission.compare_rates(**case)
    is_list = isinstance(losses, list) and len(losses) == 4 and all(isinstance(loss, float) for loss in losses)
    assert_true(is_list, "compare_rates must return a list with one float for each rate, also when training diverges.")
    data = {name: case[name] for name in ("X", "y", "w", "b")}
    finals = [constant_rate(**data, lr=rate, epochs=50) for rate in (0.1, 0.02)]
    first, last = (float((case["X"] @ w + b - case["y"]).square().mean()) for w, b, _ in finals)
    assert_close(losses, [first, math.inf, math.inf, last], what="the losses of the rates 0.1, 1e9, 1e150, 0.02")


@points(1, "EDGE")
@cases(no_rates, no_epochs)
def test_nothing_to_compare(submission, reference, case):
    """compares without rates and without epochs as the task states"""
    agree(submission, reference, "compare_rates", case)


@points(1, "EDGE")
def test_no_samples(submission, draw):
    """refuses to compare rates without samples"""
    case = several(draw)
    raises(ValueError, submission, "compare_rates", case | dict(X=case["X"][:0], y=case["y"][:0]))


@points(1, "EDGE")
@cases(at_the_minimum)
def test_at_the_minimum(submission, reference, case):
    """makes all the epochs, also when there is nothing left to learn"""
    # The losses are 0 in theory, and squares of rounding errors in practice.
    agree(submission, reference, "train_with_schedule", case, rule=scaled(10))


test_edges = edges("train_with_schedule", steps, "EP0", "EMPTY", "N1")
test_training_contract = contract("train_with_schedule", steps)
test_samples_contract = contract("train_with_schedule", no_samples, tags=("NOALIAS",))
test_comparison_contract = contract("compare_rates", several)
