"""Checks of exercise 3.2.2: the cosine schedule, and a warm-up before it."""

import torch

from grader.testing import (
    Exercise,
    absolute,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    points,
    printed,
    raises,
)

EXERCISE = Exercise(points=4, forbid=("torch", "numpy"))


def number(draw, low, high):
    return draw.uniform(1, low=low, high=high).item()


def whole(draw, low, high):
    return int(draw.integers(1, low=low, high=high))


def to_min(draw):
    """down to a positive min_lr"""
    return dict(total=whole(draw, 9, 14), base_lr=number(draw, 0.2, 0.9), min_lr=number(draw, 0.02, 0.09))


def to_zero(draw):
    """down to the default min_lr"""
    return dict(total=whole(draw, 9, 14), base_lr=number(draw, 0.2, 0.9))


def warm(draw):
    """a warm-up, down to a positive min_lr"""
    return dict(warmup=whole(draw, 3, 6)) | to_min(draw)


def warm_to_zero(draw):
    """a warm-up, down to the default min_lr"""
    return dict(warmup=whole(draw, 3, 6)) | to_zero(draw)


def no_warmup(draw):
    """no warm-up"""
    return dict(warmup=0) | to_min(draw)


def one_step(draw):
    """step 2"""
    return dict(step=2) | to_min(draw)


def one_warm_step(draw):
    """step 7"""
    return dict(step=7) | warm(draw)


def rates(schedule, steps, **settings):
    """Return the rates of a series of steps, once they are known to be numbers."""
    found = [schedule(step, **settings) for step in steps]
    assert_true(all(isinstance(rate, float | int) for rate in found), "A rate is a number: return a float.")
    return found


@points(1, "W")
def test_worked_cosine(submission):
    """gives the rates of the worked example of cosine_lr"""
    for step, rate in ((0, 0.1), (25, 0.0868198052), (50, 0.055), (75, 0.0231801948), (100, 0.01), (120, 0.01)):
        found = submission.cosine_lr(step, 100, 0.1, 0.01)
        assert_close(found, rate, rule=printed(10), what=f"the rate of step {step}")


@points(1, "W")
def test_worked_warmup(submission):
    """gives the rates of the worked example of warmup_cosine_lr"""
    for step, rate in ((0, 0.01), (4, 0.05), (9, 0.1), (10, 0.1), (55, 0.055), (100, 0.01)):
        found = submission.warmup_cosine_lr(step, 10, 100, 0.1, 0.01)
        assert_close(found, rate, rule=printed(10), what=f"the rate of step {step}")


@points(3, "R")
@cases(to_min, to_zero)
def test_cosine(submission, reference, case):
    """gives the right rate in every step of a cosine"""
    for step in range(case["total"]):
        agree(submission, reference, "cosine_lr", dict(step=step) | case)


@points(4, "R")
@cases(warm, warm_to_zero, no_warmup)
def test_warmup(submission, reference, case):
    """gives the right rate in every step of a warm-up and a cosine"""
    for step in range(case["total"]):
        agree(submission, reference, "warmup_cosine_lr", dict(step=step) | case)


@points(1, "R")
@cases(warm)
def test_second_step(submission, reference, case):
    """gives the right rate in the second step of a warm-up"""
    agree(submission, reference, "warmup_cosine_lr", dict(step=1) | case)


@points(2, "R")
@cases(to_min, warm)
def test_after_the_end(submission, reference, case):
    """stays at min_lr after the end"""
    name = "warmup_cosine_lr" if "warmup" in case else "cosine_lr"
    for beyond in (0, 1, case["total"] // 2, case["total"], 3 * case["total"]):
        agree(submission, reference, name, dict(step=case["total"] + beyond) | case)


def torch_rates(total, base_lr, min_lr):
    """Return the rates of torch's CosineAnnealingLR."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=base_lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=total, eta_min=min_lr)
    found = []
    for _ in range(total + 1):
        found.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return found


@points(1, "INV")
@cases(to_min)
def test_equals_torch(submission, reference, case):
    """agrees with torch's CosineAnnealingLR up to the last step"""
    found = rates(submission.cosine_lr, range(case["total"] + 1), **case)
    # PyTorch computes every rate from the one before, so that rounding adds up.
    assert_close(found, reference.inside(torch_rates, *case.values()), rule=absolute(1e-10), what="rates")


@points(1, "INV")
@cases(to_min)
def test_symmetric(submission, case):
    """gives two steps at equal distances from the middle the sum of both ends"""
    found = rates(submission.cosine_lr, range(case["total"] + 1), **case)
    ends = case["base_lr"] + case["min_lr"]
    for step in range(case["total"] // 2 + 1):
        other = case["total"] - step
        assert_close(found[step] + found[other], ends, what=f"the sum of the rates of steps {step} and {other}")


@points(1, "INV")
@cases(warm, no_warmup)
def test_up_and_down(submission, case):
    """climbs during the warm-up and falls after it"""
    found = rates(submission.warmup_cosine_lr, range(case["total"] + 1), **case)
    for step in range(1, case["total"] + 1):
        before, now, warmup = found[step - 1], found[step], case["warmup"]
        if step < warmup:
            assert_true(now > before, f"The rate does not climb from step {step - 1} to {step}, during the warm-up.")
        elif step > warmup:
            assert_true(now < before, f"The rate does not fall from step {step - 1} to {step}, after the warm-up.")


@points(2, "EDGE")
def test_bad_total(submission):
    """refuses a total below 1"""
    for total in (0, -5):
        raises(ValueError, submission, "cosine_lr", dict(step=0, total=total, base_lr=0.1))
        raises(ValueError, submission, "warmup_cosine_lr", dict(step=0, warmup=0, total=total, base_lr=0.1))


@points(2, "EDGE")
def test_long_warmup(submission):
    """refuses a warm-up that does not end before the schedule"""
    for warmup in (10, 13):
        raises(ValueError, submission, "warmup_cosine_lr", dict(step=3, warmup=warmup, total=10, base_lr=0.1))


@points(1, "EDGE")
def test_shortest(submission, reference, draw):
    """is right for the shortest schedules"""
    base_lr, min_lr = number(draw, 0.2, 0.9), number(draw, 0.02, 0.09)
    for step in range(4):
        agree(submission, reference, "cosine_lr", dict(step=step, total=1, base_lr=base_lr, min_lr=min_lr))
        for warmup in (0, 1):
            case = dict(step=step, warmup=warmup, total=warmup + 1, base_lr=base_lr, min_lr=min_lr)
            agree(submission, reference, "warmup_cosine_lr", case)


test_cosine_contract = contract("cosine_lr", one_step, tags=("TYPE",))
test_warmup_contract = contract("warmup_cosine_lr", one_warm_step, tags=("TYPE",))
