"""Checks of exercise 1.3.1: how many updates an epoch has, and where each batch begins and ends."""

from grader.testing import EXACT, Exercise, agree, assert_close, assert_true, cases, points

EXERCISE = Exercise(points=2, forbid=("torch", "numpy"))


def divisible(draw):
    """only full batches"""
    batch_size = whole(draw, 2, 9)
    return dict(n_samples=batch_size * whole(draw, 2, 7), batch_size=batch_size)


def divisible_dropped(draw):
    """only full batches, drop_last=True"""
    return divisible(draw) | dict(drop_last=True)


def ragged(draw):
    """a shorter last batch"""
    batch_size = whole(draw, 4, 9)
    return dict(n_samples=batch_size * whole(draw, 2, 7) + whole(draw, 2, 4), batch_size=batch_size)


def ragged_dropped(draw):
    """a shorter last batch, drop_last=True"""
    return ragged(draw) | dict(drop_last=True)


def big(draw):
    """a batch size above the number of samples"""
    n_samples = whole(draw, 2, 9)
    return dict(n_samples=n_samples, batch_size=n_samples + whole(draw, 2, 5))


def big_dropped(draw):
    """a batch size above the number of samples, drop_last=True"""
    return big(draw) | dict(drop_last=True)


def no_samples(draw):
    """no samples"""
    return dict(n_samples=0, batch_size=whole(draw, 2, 9))


def no_samples_dropped(draw):
    """no samples, drop_last=True"""
    return no_samples(draw) | dict(drop_last=True)


def one_left(draw):
    """one sample in the last batch"""
    batch_size = whole(draw, 3, 9)
    return dict(n_samples=batch_size * whole(draw, 2, 7) + 1, batch_size=batch_size)


def batches_of_one(draw):
    """batches of one sample"""
    return dict(n_samples=whole(draw, 2, 9), batch_size=1)


def zero_batch_size(draw):
    """batch_size=0"""
    return dict(n_samples=whole(draw, 2, 9), batch_size=0)


def negative_batch_size(draw):
    """a negative batch_size"""
    return dict(n_samples=whole(draw, 2, 9), batch_size=-whole(draw, 2, 9))


def zero_batch_size_dropped(draw):
    """batch_size=0, drop_last=True"""
    return zero_batch_size(draw) | dict(drop_last=True)


def negative_batch_size_dropped(draw):
    """a negative batch_size, drop_last=True"""
    return negative_batch_size(draw) | dict(drop_last=True)


def whole(draw, low, high):
    return int(draw.integers(1, low=low, high=high).item())


EDGES = (
    *(big, big_dropped, one_left, batches_of_one, no_samples, no_samples_dropped),
    *(zero_batch_size, negative_batch_size, zero_batch_size_dropped, negative_batch_size_dropped),
)


@points(1, "W")
def test_worked_updates(submission):
    """counts the updates of the worked example"""
    updates = {
        "80 in batches of 80": submission.updates_per_epoch(80, 80),
        "80 in batches of 16": submission.updates_per_epoch(80, 16),
        "80 in batches of 1": submission.updates_per_epoch(80, 1),
        "10 in batches of 4": submission.updates_per_epoch(10, 4),
        "10 in batches of 4, drop_last": submission.updates_per_epoch(10, 4, drop_last=True),
        "3 in batches of 8": submission.updates_per_epoch(3, 8),
        "3 in batches of 8, drop_last": submission.updates_per_epoch(3, 8, drop_last=True),
        "0 in batches of 4": submission.updates_per_epoch(0, 4),
    }
    expected = dict(zip(updates, (1, 5, 80, 3, 2, 1, 0, 0)))
    assert_close(updates, expected, rule=EXACT, what="updates_per_epoch")


@points(1, "W")
def test_worked_bounds(submission):
    """cuts ten samples into batches of four"""
    assert_close(submission.batch_bounds(10, 4), [(0, 4), (4, 8), (8, 10)], rule=EXACT)
    assert_close(submission.batch_bounds(10, 4, drop_last=True), [(0, 4), (4, 8)], rule=EXACT)


@points(2, "R")
@cases(divisible, divisible_dropped, ragged, ragged_dropped)
def test_updates(submission, reference, case):
    """counts the updates of an epoch"""
    agree(submission, reference, "updates_per_epoch", case, rule=EXACT)


@points(2, "R")
@cases(divisible, divisible_dropped, ragged, ragged_dropped)
def test_bounds(submission, reference, case):
    """finds where each batch begins and ends"""
    agree(submission, reference, "batch_bounds", case, rule=EXACT)


@points(1, "INV")
@cases(divisible, ragged, ragged_dropped, big)
def test_one_update_per_batch(submission, case):
    """counts as many updates as there are batches"""
    bounds = submission.batch_bounds(**case)
    assert_true(isinstance(bounds, list), "`batch_bounds` must return a list.")
    assert_close(submission.updates_per_epoch(**case), len(bounds), rule=EXACT, what="updates_per_epoch")


@points(1, "INV")
def test_every_remainder(submission, draw):
    """counts a short last batch, however short it is"""
    batch_size = whole(draw, 5, 9)
    before = batch_size * whole(draw, 2, 5)
    updates = {
        f"{before + extra} in batches of {batch_size}": submission.updates_per_epoch(before + extra, batch_size)
        for extra in range(1, batch_size + 1)
    }
    expected = dict.fromkeys(updates, before // batch_size + 1)
    assert_close(updates, expected, rule=EXACT, what="updates_per_epoch")


@points(1, "INV")
@cases(divisible, ragged, big)
def test_tiling(submission, case):
    """leaves no gap and no overlap between the batches"""
    bounds = submission.batch_bounds(**case)
    are_pairs = isinstance(bounds, list) and all(isinstance(pair, tuple) and len(pair) == 2 for pair in bounds)
    assert_true(are_pairs, "`batch_bounds` must return a list of pairs (start, stop).")
    starts, stops = [pair[0] for pair in bounds], [pair[1] for pair in bounds]
    assert_close(starts + [case["n_samples"]], [0] + stops, rule=EXACT, what="the starts, and the end of the data")


@points(1, "EDGE")
@cases(*EDGES)
def test_updates_edges(submission, reference, case):
    """counts updates at the edges, too"""
    agree(submission, reference, "updates_per_epoch", case, rule=EXACT)


@points(1, "EDGE")
@cases(*EDGES)
def test_bounds_edges(submission, reference, case):
    """cuts batches at the edges, too"""
    agree(submission, reference, "batch_bounds", case, rule=EXACT)
