"""Checks of exercise 2.4.3: where a ReLU network bends."""

import torch

from grader.testing import BY_HAND, Exercise, agree, assert_close, assert_true, cases, contract, points

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def distinct(draw):
    """5 units with kinks at different points"""
    return network(draw, [[(1, 1)]] * 5)


def coinciding(draw):
    """5 units with kinks at 3 points"""
    return network(draw, [[(1, 1), (3, 1)], [(1, 1), (-1, 1)], [(1, 1)]])


def apart(draw):
    """two units with one kink, and a unit with another between them"""
    weights, points = draw.uniform(3, low=0.5, high=2), torch.tensor([0.5, 2.0, 0.5], dtype=torch.float64)
    return dict(W1=weights.reshape(1, 3), b1=-weights * points, W2=draw.uniform(3, 1, low=0.5, high=2))


def cancelling(draw):
    """6 units, of which two pairs cancel"""
    return network(draw, [[(1, 1), (-1, -1)], [(1, 1)], [(2, 1), (-1, -2)], [(1, 1)]])


def partly_cancelling(draw):
    """3 units at one point, of which two cancel, and one elsewhere"""
    return network(draw, [[(1, 1), (-1, -1), (2, 1)], [(1, 1)]])


def silent(draw):
    """2 of 5 units without output weight"""
    return network(draw, [[(1, 0)], [(1, 1)], [(2, 0)], [(1, 1)], [(1, 1)]])


def constant(draw):
    """2 of 5 units without input weight"""
    case = network(draw, [[(1, 1)], [(1, 1)], [(1, 1)]])
    units = dict(W1=torch.zeros(1, 2).double(), b1=torch.tensor([1.5, -2]).double(), W2=draw.normal(2, 1) + 3)
    return {name: torch.cat([units[name], case[name]], 1 if name == "W1" else 0) for name in units}


def constant_at_zero(draw):
    """a unit without input weight and without bias"""
    case = constant(draw)
    return case | dict(b1=case["b1"] * torch.tensor([0, 1, 1, 1, 1]))


def at_zero(draw):
    """a unit that bends at 0, without a bias, among 3"""
    case = network(draw, [[(1, 1)], [(1, 1)], [(1, 1)]])
    return case | dict(b1=case["b1"] * torch.tensor([1, 0, 1]))


def close(draw):
    """two kinks that are a millionth apart, and one elsewhere"""
    case = network(draw, [[(1, 1)], [(1, 1)]])
    near = -case["b1"][:1] / case["W1"][0, :1] + 1e-6
    weight = draw.uniform(1, low=0.5, high=2)
    units = dict(W1=weight.reshape(1, 1), b1=-weight * near, W2=draw.uniform(1, 1, low=0.5, high=2))
    return {name: torch.cat([case[name], units[name]], 1 if name == "W1" else 0) for name in units}


def small_weight(draw):
    """a unit with an input weight of a ten-millionth and a large output weight, among 3"""
    return network(draw, [[(1, 1)], [(1e-7, 1e7)], [(1, 1)]])


def nearly_equal(draw):
    """kinks at 0.3/0.1 and at 3, which are one point up to rounding, and one elsewhere"""
    case = network(draw, [[(1, 1)]])
    weights, biases = torch.tensor([[0.1, 1.0]], dtype=torch.float64), torch.tensor([-0.3, -3.0], dtype=torch.float64)
    units = dict(W1=weights, b1=biases, W2=draw.uniform(2, 1, low=0.5, high=2))
    return {name: torch.cat([units[name], case[name]], 1 if name == "W1" else 0) for name in units}


def rounded(draw):
    """changes 0.1, 0.2 and -0.3 at one point, which cancel up to rounding, and one kink elsewhere"""
    case = network(draw, [[(1, 1)]])
    changes = torch.tensor([[0.1], [0.2], [-0.3]], dtype=torch.float64)
    units = dict(W1=torch.ones(1, 3).double(), b1=torch.full((3,), 3.0).double(), W2=changes)
    return {name: torch.cat([units[name], case[name]], 1 if name == "W1" else 0) for name in units}


def no_units(draw):
    """no units"""
    return dict(W1=draw.normal(1, 0), b1=draw.normal(0), W2=draw.normal(0, 1))


def one_unit(draw):
    """a single unit"""
    return network(draw, [[(1, 1)]])


def all_cancel(draw):
    """a pair that cancels"""
    return network(draw, [[(1, 1), (-1, -1)]])


def all_silent(draw):
    """units without output weights"""
    return network(draw, [[(1, 0)], [(1, 0)]])


def all_constant(draw):
    """units without input weights"""
    return dict(W1=torch.zeros(1, 3).double(), b1=draw.normal(3), W2=draw.normal(3, 1))


def network(draw, groups):
    """Return a network whose units share a kink within each group; a unit is (factor of w, factor of W2)."""
    W1, b1, W2 = [], [], []
    for place, group in enumerate(groups):
        point = place - 2 + draw.uniform(1, low=0.1, high=0.9)
        w, v = (size * sign for size, sign in zip(draw.uniform(2, low=0.5, high=2.0), signs(draw)))
        for of_w, of_v in group:
            W1.append(of_w * w)
            b1.append(-of_w * w * point)
            W2.append(of_v * v)
    order = draw.permutation(len(W1))
    flat = torch.stack(W1)[order], torch.cat(b1)[order], torch.stack(W2)[order]
    return dict(W1=flat[0].reshape(1, -1), b1=flat[1], W2=flat[2].reshape(-1, 1))


def signs(draw):
    return 2.0 * draw.integers(2, low=0, high=2) - 1


def output(x, W1, b1, W2):
    """Return f at the given points [K]."""
    return ((x.reshape(-1, 1) @ W1 + b1).clamp(min=0) @ W2)[:, 0]


@points(1, "W")
def test_worked_zero_weight(submission):
    """finds the two points of the first worked example"""
    check_worked(submission, (1, 0, -2), (1, 3, 1), (1, 1, 1), [-1, 0.5])


@points(1, "W")
def test_worked_coinciding(submission):
    """finds the two points of the second worked example"""
    check_worked(submission, (1, 2, -1), (1, 2, 0.5), (1, 1, 1), [-1, 0.5])


@points(1, "W")
def test_worked_cancelling(submission):
    """finds the one point of the third worked example"""
    check_worked(submission, (1, -1, 1), (1, -1, -3), (1, -1, 1), [3])


def check_worked(submission, weights, biases, outputs, expected):
    w, b, v = (torch.tensor(values, dtype=torch.float64) for values in (weights, biases, outputs))
    found = submission.relu_breakpoints(w.reshape(1, -1), b, v.reshape(-1, 1))
    assert_close(found, torch.tensor(expected, dtype=torch.float64), what="the breakpoints")


@points(4, "R")
@cases(
    distinct,
    coinciding,
    apart,
    cancelling,
    partly_cancelling,
    silent,
    constant,
    at_zero,
    small_weight,
    close,
    nearly_equal,
)
def test_matches_reference(submission, reference, case):
    """finds the breakpoints"""
    agree(submission, reference, "relu_breakpoints", case)


@points(1, "INV")
@cases(distinct, coinciding, cancelling, silent)
def test_slopes(submission, case):
    """finds the points where the measured slope changes, and no others"""
    found = submission.relu_breakpoints(**case)
    is_row = isinstance(found, torch.Tensor) and found.dim() == 1
    assert_true(is_row, "`relu_breakpoints` must return a tensor of shape [M].")
    step = 1e-3  # kinks are at least 0.2 apart
    switches = (-case["b1"] / case["W1"][0]).tolist()
    for x in switches:
        near = output(torch.tensor([x - step, x, x + step], dtype=torch.float64), **case)
        bends = abs(float(near[2] - 2 * near[1] + near[0])) / step > 1e-6
        listed = bool(((found - x).abs() < step / 2).any())
        assert_true(listed or not bends, f"The slope changes at x = {x:.6g}, which is not in the result.")
        assert_true(bends or not listed, f"The result has x = {x:.6g}, where the slope does not change.")
    distance = (found.reshape(-1, 1) - torch.tensor(switches, dtype=torch.float64)).abs().min(1).values
    assert_true(bool((distance < step / 2).all()), "The result has a point at which no unit switches.")


@points(1, "INV")
@cases(distinct, cancelling)
def test_shifted(submission, case):
    """moves with the network along the axis"""
    moved = case | dict(b1=case["b1"] - 0.75 * case["W1"][0])  # f(x - 0.75)
    expected = submission.relu_breakpoints(**case)
    assert_true(isinstance(expected, torch.Tensor), "`relu_breakpoints` must return a tensor of shape [M].")
    assert_close(submission.relu_breakpoints(**moved), expected + 0.75, what="the breakpoints of f(x - 0.75)")


@points(1, "EDGE")
@cases(no_units, one_unit, all_cancel, all_silent, all_constant, constant_at_zero, rounded)
def test_edges(submission, reference, case):
    """is right at the edges, too"""
    agree(submission, reference, "relu_breakpoints", case)


test_contract = contract("relu_breakpoints", distinct)
