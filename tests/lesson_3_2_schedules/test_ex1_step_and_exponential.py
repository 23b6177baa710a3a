"""Checks of exercise 3.2.1: two schedules that multiply the learning rate by a constant factor."""

import torch

from grader.testing import Exercise, agree, assert_close, assert_true, cases, contract, points, printed, raises

EXERCISE = Exercise(points=2, forbid=("torch", "numpy"))


def number(draw, low, high):
    return draw.uniform(1, low=low, high=high).item()


def whole(draw, low, high):
    return int(draw.integers(1, low=low, high=high))


def stages(draw):
    """stages of several epochs"""
    return dict(base_lr=number(draw, 0.01, 0.5), step_size=whole(draw, 4, 8), gamma=number(draw, 0.2, 0.7))


def growing(draw):
    """a factor above 1"""
    return stages(draw) | dict(gamma=number(draw, 1.2, 1.6))


def decay(draw):
    """a falling rate"""
    return dict(base_lr=number(draw, 0.01, 0.5), gamma=number(draw, 0.6, 0.9))


def growth(draw):
    """a rising rate"""
    return dict(base_lr=number(draw, 0.01, 0.5), gamma=number(draw, 1.1, 1.3))


def one_stage(draw):
    """the middle of the second stage"""
    case = stages(draw)
    return dict(epoch=case["step_size"] + 2) | case


def one_epoch(draw):
    """epoch 3"""
    return dict(epoch=3) | decay(draw)


def rates(schedule, epochs, **settings):
    """Return the rates of a series of epochs, once they are known to be numbers."""
    found = [schedule(epoch, **settings) for epoch in epochs]
    assert_true(all(isinstance(rate, float | int) for rate in found), "A rate is a number: return a float.")
    return found


def assert_forgetful(name, schedule, **settings):
    """Assert that an epoch has the same rate whatever was asked before: a schedule remembers nothing."""
    _, first, _, again = (schedule(epoch, **settings) for epoch in (0, 7, 20, 7))
    assert_true(
        str(again) == str(first),
        f"`{name}` gives epoch 7 the rate {first}, and after epoch 20 the rate {again}: it must not remember earlier calls.",
    )


@points(1, "W")
def test_worked_steps(submission):
    """gives the rates of the worked example of step_lr"""
    assert_forgetful("step_lr", submission.step_lr, base_lr=0.1, step_size=10, gamma=0.5)
    for epoch, rate in ((0, 0.1), (9, 0.1), (10, 0.05), (19, 0.05), (20, 0.025), (35, 0.0125)):
        assert_close(submission.step_lr(epoch, 0.1, 10, 0.5), rate, what=f"the rate of epoch {epoch}")


@points(1, "W")
def test_worked_exponential(submission):
    """gives the rates of the worked example of exponential_lr"""
    assert_forgetful("exponential_lr", submission.exponential_lr, base_lr=0.1, gamma=0.9)
    for epoch, rate in ((0, 0.1), (1, 0.09), (2, 0.081), (10, 0.0348678440)):
        found = submission.exponential_lr(epoch, 0.1, 0.9)
        assert_close(found, rate, rule=printed(10), what=f"the rate of epoch {epoch}")


@points(2, "R")
@cases(stages, growing)
def test_steps(submission, reference, case):
    """gives the right rate in every epoch of four stages"""
    for epoch in range(4 * case["step_size"]):
        agree(submission, reference, "step_lr", dict(epoch=epoch) | case)


@points(2, "R")
@cases(decay, growth)
def test_exponential(submission, reference, case):
    """gives the right rate in each of nine epochs"""
    for epoch in range(9):
        agree(submission, reference, "exponential_lr", dict(epoch=epoch) | case)


def torch_rates(kind, base_lr, settings, epochs):
    """Return the rates of a scheduler of PyTorch."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=base_lr)
    scheduler = getattr(torch.optim.lr_scheduler, kind)(optimizer, **settings)
    found = []
    for _ in range(epochs):
        found.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return found


@points(1, "INV")
@cases(stages)
def test_equals_step_lr(submission, reference, case):
    """agrees with torch's StepLR over 20 epochs"""
    base_lr, *settings = case.values()
    expected = reference.inside(torch_rates, "StepLR", base_lr, dict(zip(("step_size", "gamma"), settings)), 20)
    assert_close(rates(submission.step_lr, range(20), **case), expected, what="rates")


@points(1, "INV")
@cases(decay)
def test_equals_exponential_lr(submission, reference, case):
    """agrees with torch's ExponentialLR over 20 epochs"""
    expected = reference.inside(torch_rates, "ExponentialLR", case["base_lr"], dict(gamma=case["gamma"]), 20)
    assert_close(rates(submission.exponential_lr, range(20), **case), expected, what="rates")


@points(1, "INV")
@cases(stages)
def test_neighbours(submission, case):
    """keeps the rate inside a stage and multiplies it by gamma at each end of one"""
    found = rates(submission.step_lr, range(3 * case["step_size"]), **case)
    assert_true(found[0] > 0, "The rate of epoch 0 must be positive.")
    for epoch in range(1, len(found)):
        factor = case["gamma"] if epoch % case["step_size"] == 0 else 1
        assert_close(found[epoch], factor * found[epoch - 1], what=f"the rate of epoch {epoch}, from the one before")


@points(2, "EDGE")
def test_bad_step_size(submission):
    """refuses a step_size below 1"""
    for step_size in (0, -3):
        raises(ValueError, submission, "step_lr", dict(epoch=4, base_lr=0.1, step_size=step_size, gamma=0.5))


@points(1, "EDGE")
def test_stages_of_one_epoch(submission, reference, draw):
    """gives both schedules the same rates when every stage lasts one epoch"""
    case = decay(draw)
    for epoch in range(4):
        agree(submission, reference, "step_lr", dict(epoch=epoch, base_lr=case["base_lr"], step_size=1) | case)


@points(1, "EDGE")
def test_factor_one(submission, reference, draw):
    """keeps the rate for ever when gamma is 1"""
    base_lr = number(draw, 0.01, 0.5)
    agree(submission, reference, "step_lr", dict(epoch=17, base_lr=base_lr, step_size=5, gamma=1.0))
    agree(submission, reference, "exponential_lr", dict(epoch=17, base_lr=base_lr, gamma=1.0))


test_step_contract = contract("step_lr", one_stage, tags=("TYPE",))
test_exponential_contract = contract("exponential_lr", one_epoch, tags=("TYPE",))
