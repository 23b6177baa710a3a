"""Checks of exercise 3.6.2: gradients that are too large."""

import torch

from grader.testing import (
    BY_HAND,
    EXACT,
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

EXERCISE = Exercise(points=3, forbid=BY_HAND)
LOOSE = relative(1e-5)  # a factor of max_norm / norm is as right as max_norm / (norm + 1e-6)


def gradients(draw, *, scale=1.0):
    """Return gradients of three shapes, two of them of equal size."""
    return [scale * draw.normal(3, 4), scale * draw.normal(6), scale * draw.normal(2, 3)]


def over(draw):
    """a norm above the limit"""
    return dict(grads=gradients(draw), max_norm=0.7)


def far_over(draw):
    """a norm far above the limit"""
    return dict(grads=gradients(draw, scale=1000.0), max_norm=3.0)


def under(draw):
    """a norm below the limit"""
    return dict(grads=gradients(draw, scale=0.1), max_norm=5.0)


def well_under(draw):
    """a norm of more than 1, below the limit"""
    return dict(grads=gradients(draw), max_norm=50.0)


def enormous(draw):
    """gradients of the size 1e25"""
    return dict(grads=gradients(draw, scale=1e25), max_norm=2.0)


def two_equal(draw):
    """two gradients of equal norm, above the limit"""
    grad = draw.normal(4) + 1
    return dict(grads=[grad, -grad], max_norm=0.5 * float(grad.norm()))


def just_at_the_limit(draw):
    """a norm equal to the limit"""
    grads = gradients(draw)
    return dict(grads=grads, max_norm=float(torch.cat([grad.flatten() for grad in grads]).norm()))


def zeros(draw):
    """gradients that are all 0"""
    return dict(grads=[torch.zeros(3, 2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)], max_norm=1.0)


def no_gradients(draw):
    """an empty list"""
    return dict(grads=[], max_norm=1.0)


def values(draw):
    """entries beyond the limit on both sides"""
    return dict(grads=[2 * draw.normal(3, 4), torch.tensor([-5.0, 0.1, 5.0, -0.1], dtype=torch.float64)], limit=0.8)


def small_values(draw):
    """entries within the limit"""
    return dict(grads=[draw.uniform(3, 2, low=-1.0), draw.uniform(4, low=-1.0)], limit=1.5)


def bad(kind):
    def family(draw):
        grads = gradients(draw)
        grads[1][2] = float(kind)
        return dict(grads=grads, max_norm=1.0)

    family.__name__ = {"nan": "a_nan", "inf": "an_infinity", "-inf": "a_negative_infinity"}[kind]
    family.__doc__ = f"a gradient with an entry {kind}"
    return family


def norm_of(grads):
    """Return the norm of all gradients together."""
    return float(torch.cat([grad.flatten() for grad in grads]).norm())


def clipped(submission, case):
    """Return the list of clipped gradients, once it has the right structure."""
    result = submission.clip_by_norm(**case)
    shapes = [grad.shape for grad in case["grads"]]
    assert_true(
        isinstance(result, tuple)
        and len(result) == 2
        and isinstance(result[0], list)
        and [getattr(grad, "shape", None) for grad in result[0]] == shapes,
        "clip_by_norm must return (clipped, norm): a list of tensors with the shapes of grads, and a float.",
    )
    return result[0]


@points(1, "W")
def test_worked_norm(submission):
    """gives the numbers of the worked example of clip_by_norm"""
    grads = [torch.tensor([3.0], dtype=torch.float64), torch.tensor([4.0], dtype=torch.float64)]
    expected = [torch.tensor([0.6], dtype=torch.float64), torch.tensor([0.8], dtype=torch.float64)]
    assert_close(submission.clip_by_norm(grads, 1.0), (expected, 5.0), rule=LOOSE, what="clip_by_norm")


@points(1, "W")
def test_worked_value(submission):
    """gives the numbers of the worked example of clip_by_value"""
    grad = torch.tensor([3.0, -0.5, -4.0], dtype=torch.float64)
    expected = [torch.tensor([1.0, -0.5, -1.0], dtype=torch.float64)]
    assert_close(submission.clip_by_value([grad], 1.0), expected, what="clip_by_value")


@points(3, "R")
@cases(over, far_over, under, well_under, two_equal)
def test_by_norm(submission, reference, case):
    """clips by the norm of all gradients together"""
    agree(submission, reference, "clip_by_norm", case, rule=LOOSE)


@points(1, "R")
@cases(values, small_values)
def test_by_value(submission, reference, case):
    """clips every entry"""
    agree(submission, reference, "clip_by_value", case)


@points(1, "INV")
@cases(over, far_over)
def test_direction(submission, case):
    """keeps the direction and reaches the limit"""
    grads = clipped(submission, case)
    factor = case["max_norm"] / norm_of(case["grads"])
    assert_close(grads, [factor * grad for grad in case["grads"]], rule=LOOSE, what="the clipped gradients")
    assert_true(norm_of(grads) <= case["max_norm"] * (1 + 1e-9), "The clipped gradients have a norm above max_norm.")


@points(1, "INV")
@cases(under, well_under)
def test_untouched(submission, case):
    """leaves gradients below the limit exactly as they are"""
    assert_close(clipped(submission, case), case["grads"], rule=EXACT, what="the gradients")


@points(1, "INV")
@cases(over)
def test_twice(submission, case):
    """changes nothing when it clips a second time"""
    once = clipped(submission, case)
    assert_close(clipped(submission, case | {"grads": once}), once, rule=LOOSE, what="the gradients, clipped twice")


@points(1, "EDGE")
@cases(just_at_the_limit, enormous, zeros, no_gradients)
def test_special_gradients(submission, reference, case):
    """treats special gradients as the task states"""
    agree(submission, reference, "clip_by_norm", case, rule=LOOSE)


@points(1, "EDGE")
@cases(bad("nan"), bad("inf"), bad("-inf"))
def test_not_finite(submission, case):
    """refuses gradients whose norm is not finite"""
    raises(ValueError, submission, "clip_by_norm", case, when=" when the norm is not finite")


@points(1, "CON")
@cases(over, under)
def test_float32(submission, case):
    """returns float32 gradients for float32 gradients"""
    single = [grad.float() for grad in case["grads"]]
    grads = clipped(submission, case | {"grads": single}) + submission.clip_by_value(single, 0.5)
    assert_true(
        all(getattr(grad, "dtype", None) == torch.float32 for grad in grads),
        "Clipped float32 gradients must be float32 again.",
    )


test_over_contract = contract("clip_by_norm", over, rule=LOOSE)
test_under_contract = contract("clip_by_norm", under, rule=LOOSE, tags=("NOMUT", "NOALIAS", "NOGRAD", "TYPE"))
test_value_contract = contract("clip_by_value", small_values)
