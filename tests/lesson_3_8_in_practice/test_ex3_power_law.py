"""Checks of exercise 3.8.3: fit a scaling law."""

import torch

from grader.testing import (
    F_AD,
    F_LSQ,
    F_NP,
    Exercise,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    points,
    printed,
    raises,
)

EXERCISE = Exercise(points=3, forbid=(F_AD, F_NP, F_LSQ))


def noisy(draw):
    """7 points around a power law"""
    return scattered(draw, 7, spread=0.1)


def wide(draw):
    """5 points around a power law, over many orders of magnitude"""
    case = scattered(draw, 5, spread=0.3)
    return case | {"sizes": case["sizes"] ** 1.5}


def two_points(draw):
    """2 points"""
    return scattered(draw, 2, spread=0.1)


def rising(draw):
    """6 points whose losses rise with the size"""
    case = scattered(draw, 6, spread=0.1)
    return case | {"losses": 1 / case["losses"]}


def unordered(draw):
    """6 points in a random order"""
    case, order = scattered(draw, 6, spread=0.2), draw.permutation(6)
    return {name: value[order] for name, value in case.items()}


def whole_sizes(draw):
    """large sizes that are whole numbers (int64)"""
    case = crowded(draw)
    return case | {"sizes": case["sizes"].round().to(torch.int64)}


def single_precision(draw):
    """points in float32"""
    return {name: value.to(torch.float32) for name, value in crowded(draw).items()}


def crowded(draw):
    """Large sizes near each other: an error in the sixth digit of a logarithm is seen in the fourth digit of a."""
    case = scattered(draw, 6, spread=0.1)
    return case | {"sizes": 1e12 * case["sizes"] ** 0.05}


def scattered(draw, count, spread):
    """Points near L = 5 · N^(-0.2), from 1e4 upwards; the noise is fixed in part, so that no two fits agree by chance."""
    exponents = 4 + torch.arange(count, dtype=torch.float64) + draw.uniform(count, low=-0.3, high=0.3)
    noise = torch.cos(2.0 * torch.arange(count, dtype=torch.float64) ** 2) + 0.5 * draw.normal(count)
    sizes = 10**exponents
    return dict(sizes=sizes, losses=5 * sizes**-0.2 * torch.exp(spread * noise))


def line(draw):
    """a, alpha and a size"""
    a, alpha, size = draw.uniform(3, low=0.05, high=1).tolist()
    return dict(a=20 * a, alpha=alpha, size=1e9 * size)


def fitted(submission, case):
    """Return the fit of a submission, once it is known to be two numbers."""
    fit = submission.fit_power_law(**case)
    assert_true(
        isinstance(fit, tuple) and len(fit) == 2 and all(type(value) is float for value in fit),
        "`fit_power_law` must return (a, alpha), two floats.",
    )
    return fit


SIZES = torch.tensor([1e6, 1e7, 1e8, 1e9], dtype=torch.float64)
EXACT_LOSSES = 12 * SIZES**-0.076


@points(1, "W")
def test_worked_exact(submission):
    """finds the law behind exact points"""
    assert_close(submission.fit_power_law(SIZES, EXACT_LOSSES), (12.0, 0.076))


@points(1, "W")
def test_worked_noisy(submission):
    """gives the fit of the worked example"""
    factors = torch.tensor([1, 1.05, 0.97, 1.02], dtype=torch.float64)
    result = submission.fit_power_law(SIZES, EXACT_LOSSES * factors)
    assert_close(result, (12.296579855, 0.076861705), rule=printed(9))


@points(1, "W")
def test_worked_prediction(submission):
    """gives the prediction of the worked example"""
    assert_close(submission.predict_loss(12.0, 0.076, 1e10), 2.0853609945, rule=printed(10))


@points(4, "R")
@cases(noisy, wide, unordered, two_points, rising)
def test_fit(submission, reference, case):
    """fits the line of least squares in the logarithms"""
    agree(submission, reference, "fit_power_law", case)


@points(1, "R")
@cases(line)
def test_prediction(submission, reference, case):
    """predicts by the power law"""
    agree(submission, reference, "predict_loss", case)


@points(1, "INV")
@cases(noisy)
def test_scaled_losses(submission, case):
    """gives three times a, and the same alpha, for three times the losses"""
    a, alpha = fitted(submission, case)
    assert_close(submission.fit_power_law(**case | {"losses": 3 * case["losses"]}), (3 * a, alpha))


@points(1, "INV")
@cases(noisy)
def test_other_unit_of_size(submission, case):
    """gives the same alpha when the sizes are counted in billions"""
    a, alpha = fitted(submission, case)
    expected = (a * 1e9**-alpha, alpha)
    assert_close(submission.fit_power_law(**case | {"sizes": case["sizes"] / 1e9}), expected)


@points(1, "INV")
@cases(noisy)
def test_order(submission, case):
    """does not depend on the order of the points"""
    backwards = {name: value.flip(0) for name, value in case.items()}
    assert_close(submission.fit_power_law(**backwards), fitted(submission, case))


@points(2, "EDGE")
@cases(whole_sizes, single_precision)
def test_other_dtypes(submission, reference, case):
    """computes in float64 whatever the dtypes are"""
    agree(submission, reference, "fit_power_law", case)


@points(1, "EDGE")
def test_too_few_points(submission, draw):
    """refuses fewer than two points"""
    case = noisy(draw)
    for count in (0, 1):
        few = {name: value[:count] for name, value in case.items()}
        raises(ValueError, submission, "fit_power_law", few, when=f" for {count} point{'s' * (count != 1)}")


@points(1, "EDGE")
def test_unequal_lengths(submission, draw):
    """refuses sizes and losses of unequal lengths"""
    case = noisy(draw)
    raises(ValueError, submission, "fit_power_law", case | {"losses": case["losses"][:-1]}, when=" for unequal lengths")


@points(1, "EDGE")
def test_not_positive(submission, draw):
    """refuses numbers that have no logarithm"""
    case = noisy(draw)
    for name in ("sizes", "losses"):
        for value in (0.0, -1.0):
            changed = case[name].clone()
            changed[2] = value
            raises(ValueError, submission, "fit_power_law", case | {name: changed}, when=f" when {name} holds {value}")


test_fit_contract = contract("fit_power_law", noisy)
test_prediction_contract = contract("predict_loss", line, tags=("TYPE",))
