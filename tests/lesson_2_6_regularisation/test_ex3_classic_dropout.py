"""Checks of exercise 2.6.3: dropout in its first form, which scales at test time."""

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
    raises,
    relative,
)

EXERCISE = Exercise(points=2, forbid=BY_HAND)


def third(draw):
    """training, a matrix, p = 0.3"""
    return dict(x=draw.normal(7, 5) + 2, p=0.3, training=True, generator=draw.generator())


def half(draw):
    """training, a row, p = 0.5"""
    return dict(x=draw.normal(19) - 1, p=0.5, training=True, generator=draw.generator())


def most(draw):
    """training, three dimensions, p = 0.8"""
    return dict(x=draw.normal(3, 4, 5), p=0.8, training=True, generator=draw.generator())


def third_test(draw):
    """test time, p = 0.3"""
    return third(draw) | dict(training=False)


def most_test(draw):
    """test time, p = 0.8"""
    return most(draw) | dict(training=False)


def never(draw):
    """training with p = 0"""
    return third(draw) | dict(p=0.0)


def always(draw):
    """training with p = 1"""
    return third(draw) | dict(p=1.0)


def always_test(draw):
    """test time with p = 1"""
    return always(draw) | dict(training=False)


def never_test(draw):
    """test time with p = 0"""
    return never(draw) | dict(training=False)


def empty(draw):
    """no entries"""
    return third(draw) | dict(x=draw.normal(0, 5))


def one_row(draw):
    """one row"""
    return third(draw) | dict(x=draw.normal(1, 5))


def exactly(draw):
    """an entry for which p itself is drawn"""
    case = half(draw)
    return case | dict(p=torch.rand(19, generator=copied(case["generator"])).sort().values[8].item())


def below(draw):
    """p = -0.1"""
    return third(draw) | dict(p=-0.1)


def above(draw):
    """p = 1.1"""
    return third(draw) | dict(p=1.1)


def above_test(draw):
    """p = 1.1 at test time"""
    return above(draw) | dict(training=False)


def large(draw):
    """20,000 entries, p = 0.3"""
    return dict(x=torch.full((20_000,), 1.7).double(), p=0.3, training=True, generator=draw.generator())


def copied(generator):
    copy = torch.Generator()
    copy.set_state(generator.get_state())
    return copy


def dropped(submission, case):
    """Return the activations, once they are known to be a tensor of the shape of x."""
    found = submission.classic_dropout(**case)
    fits = isinstance(found, torch.Tensor) and found.shape == case["x"].shape
    assert_true(fits, "`classic_dropout` must return a tensor of the shape of x.")
    return found


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    x = torch.arange(1, 9, dtype=torch.float64)
    kept = (torch.rand(8, generator=torch.Generator().manual_seed(0)) >= 0.5).double()  # the entries 1, 5, 7
    assert_close(submission.classic_dropout(x, 0.5, True, torch.Generator().manual_seed(0)), kept * x, what="training")
    assert_close(submission.classic_dropout(x, 0.5, False, torch.Generator()), x / 2, what="test time")


@points(3, "R")
@cases(third, half, most, third_test, most_test)
def test_matches_reference(submission, reference, case):
    """gives the right activations"""
    agree(submission, reference, "classic_dropout", case)


@points(1, "S")
@cases(large)
def test_mean(submission, case):
    """has the same mean in training and at test time"""
    training, testing = (dropped(submission, case | dict(training=mode)).double().mean() for mode in (True, False))
    assert_close(training, testing, rule=relative(0.03), what="the mean in training, against the one at test time")


@points(1, "INV")
@cases(third, half, most)
def test_against_inverted(submission, case):
    """gives 1 - p times what inverted dropout gives in training"""
    u = torch.rand(case["x"].shape, generator=copied(case["generator"]), dtype=torch.float32)
    inverted = case["x"] * (u >= case["p"]) / (1 - case["p"])
    assert_close(dropped(submission, case), (1 - case["p"]) * inverted, what="training")


@points(1, "T")
@cases(third, third_test)
def test_draws(submission, case):
    """draws once in training and never at test time"""
    expected = copied(case["generator"])
    if case["training"]:
        torch.rand(case["x"].shape, generator=expected, dtype=torch.float32)
    answer = submission.answer("classic_dropout", case)
    same = torch.equal(answer.generators["generator"].get_state(), expected.get_state())
    text = "draw torch.rand of the shape of x once, in float32" if case["training"] else "nothing may be drawn"
    assert_true(same, f"The generator is not where it should be afterwards: {text}.")


@points(1, "EDGE")
@cases(never, always, never_test, always_test, exactly, empty, one_row)
def test_edges(submission, reference, case):
    """is right at the edges, too"""
    agree(submission, reference, "classic_dropout", case)


@points(1, "EDGE")
@cases(below, above, above_test)
def test_bad_p(submission, case):
    """raises ValueError for a p that is no probability"""
    raises(ValueError, submission, "classic_dropout", case, when=f" for p={case['p']}")


test_training_contract = contract("classic_dropout", third)
test_test_time_contract = contract("classic_dropout", third_test)
test_never_contract = contract("classic_dropout", never, tags=("NOMUT", "NOALIAS"))
test_never_at_test_time_contract = contract("classic_dropout", never_test, tags=("NOMUT", "NOALIAS"))
