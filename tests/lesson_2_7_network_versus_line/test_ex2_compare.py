"""Checks of exercise 2.7.2: a network against a line."""

import torch

from grader.testing import (
    F_NP,
    F_OPT,
    Exercise,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    edges,
    points,
    printed,
)

EXERCISE = Exercise(points=4, forbid=(F_OPT, F_NP))


def column(*values):
    return torch.tensor(values, dtype=torch.float64).reshape(-1, 1)


def inputs():
    return torch.linspace(-2, 2, 40, dtype=torch.float64).reshape(-1, 1)


def start(draw, d, h, o):
    """Return random parameters of a network, with b2 = 0."""
    weights = {"W1": draw.normal(d, h), "b1": draw.normal(h), "W2": draw.normal(h, o) / 4}
    return weights | {"b2": torch.zeros(o, dtype=torch.float64)}


def gauss(draw):
    """2 features, 5 hidden units, 3 outputs"""
    X = draw.normal(12, 2)
    y = draw.normal(12, 3) + 2
    return dict(X=X, y=y, params=start(draw, 2, 5, 3), lr=0.2, epochs=6)


def one_feature(draw):
    """a single feature with mean 2, 4 hidden units, one output"""
    X = draw.normal(9, 1) + 2
    return dict(X=X, y=draw.normal(9, 1) - 1, params=start(draw, 1, 4, 1), lr=0.1, epochs=4)


def waves(draw):
    """a wave over two features, 6 hidden units, one output"""
    X = draw.normal(15, 2) + 0.5
    y = torch.sin(2 * X[:, :1]) + X[:, 1:] ** 2
    return dict(X=X, y=y, params=start(draw, 2, 6, 1), lr=0.05, epochs=9)


def other_scales(draw):
    """a feature around 20 and one of size 0.001, 4 hidden units, 2 outputs"""
    X = draw.normal(14, 2) * torch.tensor([1, 0.001]).double() + torch.tensor([20, 0]).double()
    y = X @ torch.tensor([[0.5, -1], [2000, 1000]]).double() + draw.normal(14, 2)
    return dict(X=X, y=y, params=start(draw, 2, 4, 2), lr=0.1, epochs=3)


def overshooting(draw):
    """a learning rate that is too large, so that the last step makes the error worse"""
    return one_feature(draw) | dict(lr=1.5, epochs=2)


def small_sizes(draw):
    """sizes between 2 and 6, pairwise different"""
    D, H, O = (draw.permutation(5) + 2)[:3].tolist()
    return dict(D=D, H=H, O=O)


def large_sizes(draw):
    """sizes up to 500"""
    D, H, O = draw.integers(3, low=7, high=500).tolist()
    return dict(D=D, H=H + 500, O=O)


def all_ones(draw):
    """one input, one hidden unit, one output"""
    return dict(D=1, H=1, O=1)


def errors_of(submission, **case):
    """Return (line, network), or say that this is not what came back."""
    result = submission.compare(**case)
    right = isinstance(result, tuple) and len(result) == 2 and all(isinstance(error, int | float) for error in result)
    assert_true(right, "Return two Python floats: the error of the line and that of the network.")
    return result


@points(1, "W")
def test_counts_worked_example(submission):
    """counts the parameters of the worked example"""
    assert_close(submission.parameter_counts(1, 16, 1), (2, 49), what="parameter_counts(1, 16, 1)")
    assert_close(submission.parameter_counts(3, 5, 2), (8, 32), what="parameter_counts(3, 5, 2)")


@points(1, "W")
def test_worked_example(submission):
    """gives both errors of the worked example"""
    params = {"W1": column(1, -1).T, "b1": column(0, 0.5)[:, 0], "W2": column(0.5, 1), "b2": column(0)[:, 0]}
    line, network = errors_of(submission, X=column(0, 1, 2), y=column(0, 1, 0), params=params, lr=0.1, epochs=2)
    assert_close(line, 0.2222222222, rule=printed(10), what="the error of the line")
    assert_close(network, 0.2541458090, rule=printed(10), what="the error of the network")


@points(1, "W")
def test_lines(submission, draw, published):
    """finds the error of the best line for a sine, for |x|, for a parabola and for the published points"""
    X, params = inputs(), start(draw, 1, 16, 1)
    for y, error, name in (
        (torch.sin(2 * X), 0.41739, "sin(2x)"),
        (X.abs(), 0.34977, "|x|"),
        (X**2, 1.56888, "x^2"),
    ):
        line, _ = errors_of(submission, X=X, y=y, params=params, lr=0.05, epochs=1)
        assert_close(line, error, rule=printed(5), what=f"the error of the line for {name}")
    x, y = published["x_train"], published["y_train"]
    line, _ = errors_of(submission, X=x, y=y, params=params, lr=0.05, epochs=1)
    assert_close(line, 0.008044657695492986, what="the error of the line for the published points")


@points(1, "R")
@cases(small_sizes, large_sizes)
def test_counts(submission, reference, case):
    """counts the parameters"""
    agree(submission, reference, "parameter_counts", case)


@points(3, "R", gate=True)
@cases(gauss, one_feature, waves, other_scales, overshooting)
def test_matches_reference(submission, reference, case):
    """gives the right errors of both models"""
    agree(submission, reference, "compare", case, steps="epochs")


@points(1, "INV")
@cases(gauss)
def test_counts_what_is_there(submission, case):
    """counts as many parameters as there are"""
    (D, H), O = case["params"]["W1"].shape, len(case["params"]["b2"])
    there = sum(value.numel() for value in case["params"].values())
    assert_close(submission.parameter_counts(D, H, O), (len(case["X"].T) * O + O, there))


@points(1, "INV")
@cases(gauss, waves)
def test_untrained(submission, case):
    """gives the error of the start when nothing is trained"""
    params = case["params"]
    y_pred = torch.tanh(case["X"] @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]
    _, network = errors_of(submission, **case | {"epochs": 0})
    assert_close(network, float(((y_pred - case["y"]) ** 2).mean()), what="the error of the network")


@points(2, "INV")
def test_bent_data(submission, draw):
    """finds the network at least 5 times better than the line where the data are bent"""
    X, params = inputs(), start(draw, 1, 16, 1)
    for y, name in ((torch.sin(2 * X), "sin(2x)"), (X.abs(), "|x|"), (X**2, "x^2")):
        line, network = errors_of(submission, X=X, y=y, params=params, lr=0.05, epochs=500)
        better = f"For {name} the line has the error {line:.4g} and the network {network:.4g}"
        assert_true(5 * network <= line, f"{better} after 500 steps: a right network is at least 5 times better.")


@points(1, "INV")
def test_straight_data(submission, draw):
    """finds both models about equally good where the data are a noisy line"""
    X, params = inputs(), start(draw, 1, 16, 1)
    y = 1 + 2 * X + 0.3 * draw.normal(40, 1)
    line, network = errors_of(submission, X=X, y=y, params=params, lr=0.05, epochs=500)
    text = f"The line has the error {line:.4g} and the network {network:.4g}: on a noisy line they differ by less than a factor 2."
    assert_true(line / 2 <= network <= 2 * line, text)


@points(1, "EDGE")
@cases(all_ones)
def test_smallest(submission, reference, case):
    """counts the parameters"""
    agree(submission, reference, "parameter_counts", case)


test_edges = edges("compare", gauss, "EMPTY", "EP0", "LR0")
test_contract = contract("compare", gauss)
