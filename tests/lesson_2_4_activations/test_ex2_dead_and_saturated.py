"""Checks of exercise 2.4.2: units that cannot learn."""

import torch

from grader.testing import BY_HAND, Exercise, agree, assert_close, cases, contract, edges, points, raises, relative

EXERCISE = Exercise(points=2, forbid=BY_HAND)
SHARE = relative(1e-6)  # a mean of float32 zeros and ones is a right share; counts of 100 entries differ by far more


def mixed(draw):
    """2 dead units of 7, one that is never off, 4 that are off for some samples"""
    return units(draw, 9, 3, dead=2, always=1, sometimes=4)


def mostly_dead(draw):
    """4 dead units of 5"""
    return units(draw, 7, 2, dead=4, always=0, sometimes=1)


def none_dead(draw):
    """no dead unit among 6"""
    return units(draw, 8, 3, dead=0, always=2, sometimes=4)


def units(draw, n, d, *, dead, always, sometimes):
    """Return data and units of known kinds: the biases are placed beside or between the sorted values of XW."""
    X = draw.normal(n, d)
    X = X - X.mean(0)  # without a bias no unit would be dead
    W = draw.normal(d, dead + always + sometimes)
    low_to_high = (X @ W).sort(0).values
    b = torch.cat(
        [
            -low_to_high[-1, :dead] - 0.5,
            -low_to_high[0, dead : dead + always] + 0.5,
            -(low_to_high[2] + low_to_high[3])[dead + always :] / 2,
        ]
    )
    order = draw.permutation(len(b))
    return dict(X=X, W=W[:, order], b=b[order])


def steep(draw):
    """large weights, the usual threshold"""
    return dict(X=draw.normal(11, 3), W=3 * draw.normal(3, 5), b=draw.normal(5) + 1)


def gentle(draw):
    """weights of size 1, threshold 0.8"""
    return dict(X=draw.normal(13, 2), W=1.5 * draw.normal(2, 4), b=draw.normal(4) - 0.5, threshold=0.8)


def low(draw):
    """threshold 0.3"""
    return gentle(draw) | dict(threshold=0.3)


def no_units(draw):
    """no units"""
    return dict(X=draw.normal(5, 3), W=draw.normal(3, 0), b=draw.normal(0))


def one_unit(draw):
    """a single unit"""
    return dict(X=draw.normal(5, 3), W=draw.normal(3, 1), b=draw.normal(1))


def all_zero(draw):
    """W = 0 and b = 0"""
    return dict(X=draw.normal(5, 3), W=torch.zeros(3, 4).double(), b=torch.zeros(4).double())


def at_threshold(draw):
    """activations that are exactly at the threshold"""
    return all_zero(draw) | dict(threshold=0.0)


def barely_alive(draw):
    """a unit whose largest pre-activation is a millionth, a dead one, and one that is on for most samples"""
    X = torch.tensor([[1.0], [2], [3], [4]]).double()
    return dict(X=X, W=torch.tensor([[1.0, -1, 1]]).double(), b=torch.tensor([1e-6 - 4, -0.5, -1.5]).double())


def some_zero(draw):
    """a unit whose largest pre-activation is exactly 0"""
    X = torch.tensor([[1.0], [2], [4]]).double()
    return dict(X=X, W=torch.tensor([[-1.0, -1, 1]]).double(), b=torch.tensor([1.0, 2, -4]).double())


@points(1, "W")
def test_worked_dead(submission):
    """counts the dead units of the worked example, and finds all or none with a bias of -50 or 50"""
    X, W = torch.tensor([[1.0], [2]]).double(), torch.tensor([[1.0, -1, -1]]).double()
    b = torch.tensor([0, 0, 1.5], dtype=torch.float64)
    assert_close(submission.dead_relu_fraction(X, W, b), 1 / 3, rule=SHARE, what="the worked example")
    zero = torch.zeros(3, dtype=torch.float64)
    assert_close(submission.dead_relu_fraction(X, W, zero - 50), 1.0, rule=SHARE, what="bias -50")
    assert_close(submission.dead_relu_fraction(X, W, zero + 50), 0.0, rule=SHARE, what="bias 50")
    assert_close(submission.dead_relu_fraction(X, 0 * W, zero), 1.0, rule=SHARE, what="W = 0 and b = 0")


@points(1, "W")
def test_worked_saturated(submission):
    """counts the saturated activations of the worked example"""
    X, W = torch.tensor([[1.0], [2]]).double(), torch.tensor([[1.0, -2, 0]]).double()
    b = torch.tensor([0, 0, 0.5], dtype=torch.float64)
    assert_close(submission.saturated_fraction(X, W, b), 1 / 6, rule=SHARE, what="the worked example")
    assert_close(
        submission.saturated_fraction(X, W, b, 0.9), 0.5, rule=SHARE, what="the worked example with threshold 0.9"
    )


@points(3, "R")
@cases(mixed, mostly_dead, none_dead, some_zero, barely_alive, all_zero)
def test_dead(submission, reference, case):
    """gives the share of dead units"""
    agree(submission, reference, "dead_relu_fraction", case, rule=SHARE)


@points(3, "R")
@cases(steep, gentle, low)
def test_saturated(submission, reference, case):
    """gives the share of saturated activations"""
    agree(submission, reference, "saturated_fraction", case, rule=SHARE)


@points(1, "INV")
@cases(mixed)
def test_scaled_units(submission, case):
    """does not depend on the scale of a unit's weights and bias, as long as it is positive"""
    scaled = case | dict(W=3 * case["W"], b=3 * case["b"])
    assert_close(
        submission.dead_relu_fraction(**scaled), submission.dead_relu_fraction(**case), rule=SHARE, what="3W and 3b"
    )


@points(1, "INV")
@cases(mixed)
def test_more_samples(submission, case):
    """cannot rise when samples are added: what is alive stays alive"""
    few = submission.dead_relu_fraction(**case | dict(X=case["X"][:4]))
    assert_close(max(few, submission.dead_relu_fraction(**case)), few, rule=SHARE, what="4 samples against 9")


@points(1, "INV")
@cases(steep, gentle)
def test_mirrored(submission, case):
    """treats both sides of tanh alike"""
    mirrored = case | dict(W=-case["W"], b=-case["b"])
    assert_close(
        submission.saturated_fraction(**mirrored), submission.saturated_fraction(**case), rule=SHARE, what="-W and -b"
    )


@points(1, "EDGE")
@cases(no_units)
def test_no_units(submission, case):
    """raises ValueError when there is no unit"""
    raises(ValueError, submission, "dead_relu_fraction", case, when=" for H = 0")
    raises(ValueError, submission, "saturated_fraction", case, when=" for H = 0")


@points(1, "EDGE")
@cases(one_unit, all_zero)
def test_special_units(submission, reference, case):
    """works with one unit, and with units that are zero"""
    agree(submission, reference, "dead_relu_fraction", case, rule=SHARE)
    agree(submission, reference, "saturated_fraction", case, rule=SHARE)


@points(1, "EDGE")
@cases(at_threshold)
def test_at_threshold(submission, reference, case):
    """does not count activations that only reach the threshold"""
    agree(submission, reference, "saturated_fraction", case, rule=SHARE)


test_dead_edges = edges("dead_relu_fraction", mixed, "EMPTY", "N1", rule=SHARE)
test_saturated_edges = edges("saturated_fraction", steep, "EMPTY", "N1", rule=SHARE)
test_dead_contract = contract("dead_relu_fraction", mixed, rule=SHARE)
test_saturated_contract = contract("saturated_fraction", steep, rule=SHARE)
