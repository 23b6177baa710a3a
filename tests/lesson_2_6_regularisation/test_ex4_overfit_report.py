"""Checks of exercise 2.6.4: read a pair of learning curves."""

from grader.testing import EXACT, Exercise, agree, assert_close, assert_true, cases, contract, points, raises

EXERCISE = Exercise(points=2, forbid=("torch", "numpy"))


def overfitting(draw):
    """training falls on, validation falls and rises again"""
    return dict(train=falling(draw, 9), val=[*falling(draw, 5, above=1.0), *rising(draw, 4, above=1.3)])


def healthy(draw):
    """both fall, with a gap"""
    return dict(train=falling(draw, 7), val=falling(draw, 7, above=0.5))


def diverging(draw):
    """both fall, then rise together"""
    train = [*falling(draw, 4), *rising(draw, 4, above=2.5)]
    return dict(train=train, val=[loss + 0.25 + noise for loss, noise in zip(train, numbers(draw, 8, 0.0, 0.001))])


def plateau(draw):
    """validation reaches its smallest value twice, and training its own at another epoch"""
    low = numbers(draw, 1, 0.1, 0.2)[0]
    train = [1.5, *numbers(draw, 1, 0.2, 0.3), *numbers(draw, 1, 0.6, 0.7), 0.5, *numbers(draw, 2, 0.3, 0.4)]
    return dict(train=train, val=[1.0, 0.5, low, 0.6, low, *numbers(draw, 1, 0.7, 0.9)])


def validation_below(draw):
    """validation stays below training"""
    return dict(train=falling(draw, 6, above=1.0), val=falling(draw, 6))


def late_luck(draw):
    """training is worse at the end than in its best epoch, but better than in the best epoch of validation"""
    low, middle, high = numbers(draw, 1, 0.1, 0.2)[0], numbers(draw, 1, 0.3, 0.4)[0], numbers(draw, 1, 0.6, 0.8)[0]
    return dict(train=[1.2, high, low, middle], val=[0.9, 0.4 + low, 0.7, 0.5 + middle])


def back_at_best(draw):
    """validation rises and comes back to its smallest value, training falls on"""
    low = numbers(draw, 1, 0.1, 0.2)[0]
    return dict(train=falling(draw, 6), val=[1.0, 0.5, low, *numbers(draw, 2, 0.3, 0.9), low])


def two_valleys(draw):
    """validation falls, rises and falls again to its smallest value, then rises"""
    low, middle, high = numbers(draw, 1, 0.1, 0.2)[0], numbers(draw, 1, 0.3, 0.4)[0], numbers(draw, 1, 0.6, 0.8)[0]
    return dict(train=falling(draw, 7), val=[1.0, middle, high, 0.5, low, middle, high])


def slight_rise(draw):
    """validation rises by a millionth in the last epoch"""
    val = falling(draw, 5, above=0.2)
    return dict(train=falling(draw, 6), val=[*val, val[-1] + 1e-6])


def large(draw):
    """losses of many thousands"""
    case = overfitting(draw)
    return {name: [1e5 * loss for loss in losses] for name, losses in case.items()}


def one_epoch(draw):
    """one epoch"""
    return dict(train=numbers(draw, 1, 0.1, 0.5), val=numbers(draw, 1, 0.6, 0.9))


def best_at_the_end(draw):
    """the best epoch is the last one"""
    return dict(train=falling(draw, 5), val=falling(draw, 5, above=0.2))


def constant(draw):
    """all losses are equal"""
    return dict(train=[0.5, 0.5, 0.5], val=[0.75, 0.75, 0.75])


def training_level(draw):
    """validation rises while training stays exactly where it was"""
    return dict(train=[1.0, 0.5, 0.5], val=[0.9, 0.625, 0.75])


def no_epochs(draw):
    """empty lists"""
    return dict(train=[], val=[])


def train_longer(draw):
    """one training loss more"""
    return dict(train=falling(draw, 5), val=falling(draw, 4))


def val_longer(draw):
    """one validation loss more"""
    return dict(train=falling(draw, 4), val=falling(draw, 5))


def numbers(draw, count, low, high):
    return draw.uniform(count, low=low, high=high).tolist()


def falling(draw, count, above=0.0):
    return sorted((above + value for value in numbers(draw, count, 0.1, 1.0)), reverse=True)


def rising(draw, count, above):
    return sorted(above + value for value in numbers(draw, count, 0.5, 1.5))


@points(1, "W")
def test_worked_example(submission):
    """gives the report of the worked example"""
    found = submission.overfit_report([1, 0.5, 0.2, 0.1, 0.05], [1.1, 0.7, 0.5, 0.6, 0.8])
    assert_close(found, {"best_epoch": 2, "gap": 0.75, "overfit": True})


@points(3, "R")
@cases(overfitting, healthy, diverging, plateau, two_valleys, slight_rise, validation_below, late_luck, back_at_best)
def test_matches_reference(submission, reference, case):
    """reads the curves right"""
    agree(submission, reference, "overfit_report", case)


def report(submission, case):
    """Return the report, once it is known to have its three entries."""
    found = submission.overfit_report(**case)
    fits = isinstance(found, dict) and set(found) == {"best_epoch", "gap", "overfit"}
    assert_true(fits, 'The report must be a dictionary with the keys "best_epoch", "gap" and "overfit".')
    return found


@points(1, "INV")
@cases(overfitting, plateau)
def test_scale(submission, case):
    """gives the same epoch and verdict for losses in another unit, and scales the gap"""
    before = report(submission, case)
    scaled = {name: [4 * loss for loss in losses] for name, losses in case.items()}
    assert_close(submission.overfit_report(**scaled), before | dict(gap=4 * before["gap"]), what="losses times 4")


@points(1, "INV")
@cases(overfitting, healthy)
def test_prefix(submission, case):
    """sees no overfitting in a run that ends with its best epoch"""
    best = report(submission, case)["best_epoch"]
    assert_true(type(best) is int and 0 <= best < len(case["val"]), "best_epoch must be the number of an epoch.")
    shorter = {name: losses[: best + 1] for name, losses in case.items()}
    found = report(submission, shorter)
    assert_close(found["best_epoch"], best, rule=EXACT, what="best_epoch of the run up to its best epoch")
    assert_close(found["overfit"], expected=False, rule=EXACT, what="overfit")


@points(1, "EDGE")
@cases(one_epoch, best_at_the_end, constant, training_level, large)
def test_edges(submission, reference, case):
    """is right at the edges, too"""
    agree(submission, reference, "overfit_report", case)


@points(1, "EDGE")
@cases(no_epochs, train_longer, val_longer)
def test_refuses(submission, case):
    """refuses lists that are empty or differ in length"""
    when = " for lists of different lengths" if case["train"] else " for empty lists"
    raises(ValueError, submission, "overfit_report", case, when=when)


test_contract = contract("overfit_report", overfitting, tags=("TYPE", "NOMUT"))
