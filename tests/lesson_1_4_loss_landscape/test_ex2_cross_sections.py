"""Checks of exercise 1.4.2: cuts through the loss surface."""

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
    printed,
)

EXERCISE = Exercise(points=2, forbid=BY_HAND)


def numbers(*values):
    return torch.tensor(values, dtype=torch.float64)


def between(draw, grid, index, share):
    """Return a number beside grid[index]: `share` of the way to the next value, less a little."""
    return float(grid[index] + (share - draw.uniform(1, low=0.0, high=0.1)) * (grid[index + 1] - grid[index]))


def surface_over(draw, nb, nw):
    """Return a surface and its grids, whose steps differ in length."""
    grids = dict(b_grid=draw.uniform(nb, low=0.5, high=1.5).cumsum(0) - 3)
    grids |= dict(w_grid=draw.uniform(nw, low=0.5, high=1.5).cumsum(0) - 1)
    x, y = draw.normal(8, 1) + 0.5, draw.normal(8, 1)
    b, w = grids["b_grid"].reshape(1, 1, nb), grids["w_grid"].reshape(1, nw, 1)
    return dict(surface=((b + w * x.reshape(8, 1, 1) - y.reshape(8, 1, 1)) ** 2).mean(dim=0)) | grids


# The points lie in another row and another column than the smallest entry, and their row and column have other numbers.


def below(draw):
    """a point just above a grid value in b and in w"""
    case = surface_over(draw, 5, 7)
    row, column = apart(case["surface"])
    return case | dict(b=between(draw, case["b_grid"], column, 0.4), w=between(draw, case["w_grid"], row, 0.4))


def above(draw):
    """a point just below a grid value in b and in w"""
    case = surface_over(draw, 6, 4)
    row, column = apart(case["surface"])
    return case | dict(b=between(draw, case["b_grid"], column, 0.9), w=between(draw, case["w_grid"], row, 0.9))


def square(draw):
    """5 values of each, a point between them"""
    case = surface_over(draw, 5, 5)
    row, column = apart(case["surface"])
    return case | dict(b=between(draw, case["b_grid"], column, 0.3), w=between(draw, case["w_grid"], row, 0.8))


def apart(surface):
    """Return a row and a column, different from each other, neither they nor the next ones through the minimum."""
    lowest_row, lowest_column = divmod(int(surface.argmin()), surface.shape[1])
    rows = [row for row in range(surface.shape[0] - 1) if lowest_row not in (row, row + 1)]
    columns = [column for column in range(surface.shape[1] - 1) if lowest_column not in (column, column + 1)]
    return next((row, column) for row in rows for column in columns if row != column)


def uneven(draw):
    """grid values at very unequal distances"""
    grids = dict(b_grid=numbers(0, 1, 10, 11, 100), w_grid=numbers(-64, -8, -7, 0))
    point = dict(b=10 + draw.uniform(1, low=-0.3, high=0.3).item(), w=-8 + draw.uniform(1, low=-0.3, high=0.3).item())
    return dict(surface=draw.uniform(4, 5)) | grids | point


def outside_low(draw):
    """a point below all grid values"""
    return surface_over(draw, 5, 3) | dict(b=-30.5, w=-20.25)


def outside_high(draw):
    """a point above all grid values"""
    return surface_over(draw, 3, 4) | dict(b=45.5, w=60.25)


def ties(draw):
    """a point in the middle between two grid values"""
    return dict(surface=draw.uniform(4, 3), b_grid=numbers(-1, 0, 2), w_grid=numbers(-4, 0, 3, 5), b=1.0, w=1.5)


def one_point(draw):
    """grids with one value each"""
    return dict(surface=draw.uniform(1, 1), b_grid=draw.normal(1), w_grid=draw.normal(1), b=0.25, w=-0.5)


def sections(submission, case):
    """Return the four parts, or say that this is not what came back."""
    parts = submission.cross_sections(**case)
    form = "Return four values: b_fixed and w_fixed, two numbers, then loss_over_w and loss_over_b, two tensors."
    assert_true(isinstance(parts, tuple) and len(parts) == 4, form)
    curves = all(isinstance(part, torch.Tensor) for part in parts[2:])
    assert_true(curves and all(isinstance(part, int | float) for part in parts[:2]), form)
    sizes = [len(curve) for curve in parts[2:] if curve.dim() == 1]
    expected = [len(case["w_grid"]), len(case["b_grid"])]
    assert_true(sizes == expected, f"loss_over_w and loss_over_b have {expected[0]} and {expected[1]} entries here.")
    return parts


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    surface = numbers(3, 2 / 3, 1 / 2, 1 / 6, 1 / 3, 2).reshape(3, 2)
    case = dict(surface=surface, b_grid=numbers(0, 1), w_grid=numbers(1, 1.5, 2), b=0.8, w=1.1)
    parts = dict(zip(("b_fixed", "w_fixed", "loss_over_w", "loss_over_b"), sections(submission, case)))
    expected = dict(b_fixed=1.0, w_fixed=1.0, loss_over_w=numbers(2 / 3, 1 / 6, 2), loss_over_b=numbers(3, 2 / 3))
    assert_close(parts, expected)


@points(1, "W")
def test_published_sections(submission, published):
    """cuts the published surface at the published point, with the published losses and slopes"""
    b_grid, w_grid = (torch.linspace(low, low + 6, 101, dtype=torch.float64) for low in (-2, -1))
    errors = b_grid + w_grid.reshape(-1, 1) * published["x_train"].reshape(-1, 1, 1)
    surface = ((errors - published["y_train"].reshape(-1, 1, 1)) ** 2).mean(dim=0)
    case = dict(surface=surface, b_grid=b_grid, w_grid=w_grid, b=float(published["b"]), w=float(published["w"]))
    b_fixed, w_fixed, loss_over_w, loss_over_b = sections(submission, case)
    assert_close([b_fixed, w_fixed], [0.52, -0.16], what="[b_fixed, w_fixed]")
    assert_close(loss_over_w[14], 2.7113284116288243, what="loss_over_w[14]")
    assert_close(loss_over_b[42], 2.7113284116288243, what="loss_over_b[42]")
    # Over two steps of the grid, 0.12.
    slopes = numbers((loss_over_b[44] - loss_over_b[42]) / 0.12, (loss_over_w[16] - loss_over_w[14]) / 0.12)
    assert_close(slopes, numbers(-2.8988, -1.7875), rule=printed(4), what="the slopes of the secants")


@points(3, "R")
@cases(below, above, square, uneven)
def test_matches_reference(submission, reference, case):
    """finds the nearest grid values and the two curves through them"""
    agree(submission, reference, "cross_sections", case)


@points(1, "INV")
@cases(below)
def test_curves_meet(submission, case):
    """returns two curves that meet in the point where the surface is cut"""
    b_fixed, w_fixed, loss_over_w, loss_over_b = sections(submission, case)
    column, row = (
        int((case[name] - value).abs().argmin()) for name, value in (("b_grid", b_fixed), ("w_grid", w_fixed))
    )
    assert_close(loss_over_w[row], loss_over_b[column], what="the loss of both curves at (b_fixed, w_fixed)")
    assert_close(loss_over_w[row], case["surface"][row, column], what="the loss at (b_fixed, w_fixed)")


@points(1, "INV")
@cases(above)
def test_cut_again(submission, case):
    """cuts in the same place when it is given the point that it returned"""
    b_fixed, w_fixed, *curves = sections(submission, case)
    again = submission.cross_sections(**case | {"b": b_fixed, "w": w_fixed})
    assert_close(again, (b_fixed, w_fixed, *curves))


@points(4, "EDGE")
@cases(outside_low, outside_high, ties, one_point)
def test_special_points(submission, reference, case):
    """takes the right grid value"""
    agree(submission, reference, "cross_sections", case)


test_contract = contract("cross_sections", below)
