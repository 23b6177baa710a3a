"""Checks of exercise 3.3.1: the sizes of first weights."""

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
    printed,
    relative,
)

EXERCISE = Exercise(points=4, forbid=BY_HAND)


def wide(draw):
    """30 inputs, 50 outputs"""
    return dict(fan_in=30, fan_out=50)


def narrow(draw):
    """7 inputs, 3 outputs"""
    return dict(fan_in=7, fan_out=3)


def uniform(draw):
    """a uniform draw, 6 inputs, 9 outputs, float64"""
    return dict(fan_in=6, fan_out=9, generator=draw.generator(), gain=1.0, dtype=torch.float64)


def uniform_gain(draw):
    """a uniform draw with the gain 5/3, 8 inputs, 5 outputs, float64"""
    return dict(fan_in=8, fan_out=5, generator=draw.generator(), gain=5 / 3, dtype=torch.float64)


def normal(draw):
    """a normal draw, 6 inputs, 9 outputs, float64"""
    return dict(fan_in=6, fan_out=9, generator=draw.generator(), dtype=torch.float64)


def normal_tall(draw):
    """a normal draw, 9 inputs, 4 outputs, float64"""
    return dict(fan_in=9, fan_out=4, generator=draw.generator(), dtype=torch.float64)


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked examples"""
    assert_close(submission.xavier_bound(30, 50), 0.2738612788, rule=printed(10), what="xavier_bound(30, 50)")
    assert_close(submission.xavier_bound(30, 50, 5 / 3), 0.4564354646, rule=printed(10), what="the bound with gain 5/3")
    assert_close(submission.he_std(30), 0.2581988897, rule=printed(10), what="he_std(30)")


@points(2, "R")
@cases(wide, narrow)
def test_sizes(submission, reference, case):
    """computes the right bound and deviation"""
    agree(submission, reference, "xavier_bound", case)
    agree(submission, reference, "xavier_bound", case | dict(gain=1.7))
    agree(submission, reference, "he_std", dict(fan_in=case["fan_in"]))


@points(2, "R")
@cases(uniform, uniform_gain)
def test_uniform(submission, reference, case):
    """draws the right uniform weights"""
    agree(submission, reference, "xavier_uniform", case)


@points(2, "R")
@cases(normal, normal_tall)
def test_normal(submission, reference, case):
    """draws the right normal weights"""
    agree(submission, reference, "he_normal", case)


@points(1, "S")
def test_uniform_statistics(submission, draw):
    """spreads uniform weights over the whole of [-a, a)"""
    W = submission.xavier_uniform(400, 300, draw.generator(), dtype=torch.float64)
    a = (6 / 700) ** 0.5
    assert_true(shape_of(W) == (400, 300), "xavier_uniform must return a tensor of shape [fan_in, fan_out].")
    assert_close(float(W.std()), a / 3**0.5, rule=relative(0.02), what="the standard deviation of 120000 weights")
    assert_true(
        -a <= float(W.min()) < -0.99 * a and 0.99 * a < float(W.max()) < a,
        "The weights must reach from -a to a: the draw of [0, 1) is stretched to both sides.",
    )


@points(1, "S")
def test_normal_statistics(submission, draw):
    """gives normal weights the deviation that He asks for"""
    W = submission.he_normal(400, 300, draw.generator(), dtype=torch.float64)
    assert_true(shape_of(W) == (400, 300), "he_normal must return a tensor of shape [fan_in, fan_out].")
    assert_close(float(W.std()), (2 / 400) ** 0.5, rule=relative(0.02), what="the standard deviation of 120000 weights")


def shape_of(value):
    return tuple(value.shape) if isinstance(value, torch.Tensor) else None


@points(1, "INV")
@cases(uniform, normal)
def test_generator(submission, case):
    """draws exactly one number per weight"""
    name, draw = ("xavier_uniform", torch.rand) if "gain" in case else ("he_normal", torch.randn)
    expected = torch.Generator()
    expected.set_state(case["generator"].get_state())
    draw(case["fan_in"], case["fan_out"], generator=expected, dtype=torch.float64)
    after = submission.answer(name, case).generators["generator"]
    assert_true(
        torch.equal(after.get_state(), expected.get_state()),
        "The generator must have moved on by one draw of shape [fan_in, fan_out] in float64: no draw more, no other draw.",
    )


@points(1, "CON")
@cases(uniform, normal)
def test_dtype(submission, reference, case):
    """draws in float64 and casts last, float32 by default"""
    name = "xavier_uniform" if "gain" in case else "he_normal"
    for dtype in (torch.float32, torch.float64):
        W = submission.answer(name, case | dict(dtype=dtype)).value
        right = reference.answer(name, case | dict(dtype=dtype)).value
        found = W.dtype if isinstance(W, torch.Tensor) else type(W).__name__
        assert_true(found == dtype, f"{name} returned {found} where {dtype} was asked for.")
        assert_close(W, right, rule=relative(1e-6), what=f"the weights as {dtype}")
    # In bfloat16 it shows whether anything was computed after the cast.
    short = case | dict(dtype=torch.bfloat16)
    W, right = (program.answer(name, short).value for program in (submission, reference))
    assert_close(W, right, rule=EXACT, what="the weights as torch.bfloat16")
    W = submission.answer(name, {key: value for key, value in case.items() if key != "dtype"}).value
    assert_true(W.dtype == torch.float32, f"{name} returned {W.dtype} where no dtype was asked for.")


test_bound_contract = contract("xavier_bound", wide, tags=("TYPE",))
test_std_contract = contract("he_std", lambda draw: dict(fan_in=30), tags=("TYPE",))
