"""Checks of exercise 3.4.2: batch normalisation, in training and in evaluation."""

import torch

from grader.testing import (
    BY_HAND,
    Exercise,
    absolute,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    points,
    printed,
)

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def layer(draw, n, d, **others):
    """Return a batch of n samples with d features, and a layer with running values of its own."""
    return dict(
        x=2 * draw.normal(n, d) + 1,
        gamma=draw.normal(d) + 2,
        beta=draw.normal(d),
        running_mean=draw.normal(d),
        running_var=draw.uniform(d, low=0.5, high=3.0),
        **others,
    )


def training(draw):
    """training, 5 samples, 3 features"""
    return layer(draw, 5, 3, training=True)


def other_momentum(draw):
    """training, 7 samples, 2 features, momentum 0.3, eps 0.1"""
    return layer(draw, 7, 2, training=True, momentum=0.3, eps=0.1)


def square(draw):
    """training, 4 samples, 4 features"""
    return layer(draw, 4, 4, training=True)


def evaluation(draw):
    """evaluation, 5 samples, 3 features"""
    return layer(draw, 5, 3, training=False)


def evaluation_square(draw):
    """evaluation, 4 samples, 4 features, momentum 0.3, eps 0.1"""
    return layer(draw, 4, 4, training=False, momentum=0.3, eps=0.1)


def constant_column(draw):
    """training, and a feature that is 1.5 in every sample"""
    case = layer(draw, 8, 3, training=True)
    case["x"][:, 1] = 1.5
    return case


def evaluation_one_sample(draw):
    """evaluation of a single sample"""
    return layer(draw, 1, 3, training=False)


def training_one_sample(draw):
    """training with a single sample"""
    return layer(draw, 1, 3, training=True)


def training_no_samples(draw):
    """training with no samples"""
    return layer(draw, 0, 3, training=True)


def results(submission, case):
    """Return the three results of a submission, once they are known to be three tensors."""
    result = submission.batchnorm(**case)
    shapes = (case["x"].shape, case["running_mean"].shape, case["running_var"].shape)
    assert_true(
        isinstance(result, tuple) and tuple(getattr(part, "shape", None) for part in result) == shapes,
        "batchnorm must return (out, running_mean, running_var): tensors [N, D], [D] and [D].",
    )
    return result


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    x = torch.tensor([[1], [3]], dtype=torch.float64)
    zero, one = torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64)
    out = torch.tensor([[-0.9999950000], [0.9999950000]], dtype=torch.float64)
    expected = (out, torch.tensor([0.2], dtype=torch.float64), torch.tensor([1.1], dtype=torch.float64))
    assert_close(submission.batchnorm(x, one, zero, zero, one, True), expected, rule=printed(10))


@points(3, "R")
@cases(training, other_momentum, square)
def test_training(submission, reference, case):
    """normalises with the batch and moves the running values in training"""
    agree(submission, reference, "batchnorm", case)


@points(2, "R")
@cases(evaluation, evaluation_square)
def test_evaluation(submission, reference, case):
    """normalises with the running values in evaluation"""
    agree(submission, reference, "batchnorm", case)


@points(1, "INV")
@cases(other_momentum, evaluation)
def test_equals_torch(submission, case):
    """equals torch's own batch normalisation"""
    mean, var = case["running_mean"].clone(), case["running_var"].clone()
    settings = {name: case[name] for name in ("training", "momentum", "eps") if name in case}
    out = torch.nn.functional.batch_norm(case["x"], mean, var, case["gamma"], case["beta"], **settings)
    assert_close(submission.batchnorm(**case), (out, mean, var))


@points(1, "INV")
@cases(training)
def test_mean_and_spread(submission, case):
    """gives every feature the mean beta and a spread of almost |gamma| in training"""
    out, _, _ = results(submission, case)
    variance = case["x"].var(0, unbiased=False)
    assert_close(out.mean(0), case["beta"], what="the mean of the output")
    assert_close(
        out.std(0, unbiased=False),
        case["gamma"].abs() * (variance / (variance + 1e-5)).sqrt(),
        what="the standard deviation of the output",
    )


@points(1, "INV")
@cases(training)
def test_shifted(submission, case):
    """gives the same output when a number is added to a feature, and moves the running mean along"""
    shift = torch.tensor([3.0, -2.0, 0.5], dtype=torch.float64)
    out, mean, var = results(submission, case)
    shifted = case | {"x": case["x"] + shift, "running_mean": case["running_mean"] + shift}
    assert_close(submission.batchnorm(**shifted), (out, mean + shift, var))


@points(1, "INV")
@cases(evaluation)
def test_rows_are_independent(submission, case):
    """treats every row by itself in evaluation"""
    out, mean, var = results(submission, case)
    assert_close(submission.batchnorm(**case | {"x": case["x"][1:3]}), (out[1:3], mean, var))


@points(1, "EDGE")
@cases(constant_column)
def test_constant_column(submission, case):
    """gives beta for a feature without any spread"""
    out, _, _ = results(submission, case)
    assert_close(out[:, 1], case["beta"][1].expand(8), rule=absolute(1e-9), what="the output of the constant feature")


@points(2, "EDGE")
@cases(training_one_sample, training_no_samples, evaluation_one_sample)
def test_few_samples(submission, reference, case):
    """refuses to train on fewer than two samples, and evaluates a single one"""
    agree(submission, reference, "batchnorm", case)


test_contract = contract("batchnorm", training)
test_evaluation_contract = contract("batchnorm", evaluation, tags=("NOMUT", "NOALIAS", "NOGRAD", "TYPE"))
