"""Checks of exercise 3.7.3: the backward pass of layer normalisation."""

import torch

from grader.testing import (
    BY_HAND,
    FINITE_DIFFERENCE,
    Exercise,
    absolute,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    edges,
    finite_difference,
    points,
    printed,
)

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def gauss(draw):
    """5 rows of 4 features"""
    return layer(draw, 5, 4)


def shifted(draw):
    """7 rows of 3 features around 3, larger in some rows"""
    case = layer(draw, 7, 3)
    return case | {"x": 3 + case["x"] * draw.uniform(7, 1, low=0.5, high=4)}


def square(draw):
    """4 rows of 4 features, eps 0.5"""
    return layer(draw, 4, 4) | {"eps": 0.5}


def plain_gamma(draw):
    """6 rows of 5 features, gamma 1, eps 0.1"""
    return layer(draw, 6, 5) | {"gamma": torch.ones(5, dtype=torch.float64), "eps": 0.1}


def one_feature(draw):
    """3 rows of 1 feature"""
    return layer(draw, 3, 1)


def one_row(draw):
    """1 row of 4 features"""
    return layer(draw, 1, 4)


def constant_row(draw):
    """a row of equal features"""
    case = layer(draw, 3, 4)
    x = case["x"].clone()
    x[1] = 2.0
    return case | {"x": x, "eps": 0.01}


def layer(draw, n, d):
    """Gradients, inputs and weights of a layer with d features, for n rows."""
    gamma = draw.uniform(d, low=0.5, high=2) * (1 - 2 * (torch.arange(d) % 2))  # of both signs
    return dict(grad_out=draw.normal(n, d), x=draw.normal(n, d), gamma=gamma)


def forward(x, gamma, beta, eps=1e-5):
    """Return the output of the layer."""
    centred = x - x.mean(1, keepdim=True)
    return gamma * centred / (centred.square().mean(1, keepdim=True) + eps).sqrt() + beta


def gradients(submission, case):
    """Return the gradients, once they are known to have the right shapes."""
    result = submission.layernorm_backward(**case)
    x, gamma = case["x"], case["gamma"]
    assert_true(
        isinstance(result, tuple)
        and [getattr(part, "shape", None) for part in result] == [x.shape, gamma.shape, gamma.shape],
        "`layernorm_backward` must return (grad_x, grad_gamma, grad_beta), with the shapes of x, gamma and beta.",
    )
    return result


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    x = torch.tensor([[1.0, 2, 3, 4]], dtype=torch.float64)
    first = torch.tensor([[1.0, 0, 0, 0]], dtype=torch.float64)
    result = submission.layernorm_backward(first, x, torch.ones(4, dtype=torch.float64))
    grad_x = torch.tensor([[0.2683303039, -0.3577683720, -0.0894434346, 0.1788815028]], dtype=torch.float64)
    grad_gamma = torch.tensor([-1.3416354200, 0, 0, 0], dtype=torch.float64)
    assert_close(result, (grad_x, grad_gamma, first[0]), rule=printed(10))


@points(4, "R")
@cases(gauss, shifted, square, plain_gamma)
def test_matches_reference(submission, reference, case):
    """gives the right gradients"""
    agree(submission, reference, "layernorm_backward", case)


@points(2, "FD")
@cases(gauss, square)
def test_finite_differences(submission, draw, case):
    """gives the slopes that one measures by moving x, gamma and beta a little"""
    x, gamma, beta = case["x"], case["gamma"], draw.normal(4)
    eps = {"eps": case["eps"]} if "eps" in case else {}

    def slope(of, at):
        return finite_difference(lambda moved: (case["grad_out"] * of(moved)).sum(), at)

    expected = (
        slope(lambda moved: forward(moved, gamma, beta, **eps), x),
        slope(lambda moved: forward(x, moved, beta, **eps), gamma),
        slope(lambda moved: forward(x, gamma, moved, **eps), beta),
    )
    assert_close(submission.layernorm_backward(**case), expected, rule=FINITE_DIFFERENCE)


@points(1, "INV")
@cases(gauss, shifted)
def test_rows_sum_to_zero(submission, case):
    """sends nothing back in the direction in which a whole row moves"""
    grad_x = gradients(submission, case)[0]
    assert_close(grad_x.sum(1), torch.zeros(len(grad_x), dtype=torch.float64), rule=absolute(1e-9), what="row sums")


@points(1, "INV")
@cases(gauss)
def test_rows_apart(submission, case):
    """treats every row by itself, and adds them up for gamma and beta"""
    whole = gradients(submission, case)
    rows = [gradients(submission, {**case, **{name: case[name][[i]] for name in ("grad_out", "x")}}) for i in range(5)]
    expected = (
        torch.cat([row[0] for row in rows]),
        torch.stack([row[1] for row in rows]).sum(0),
        torch.stack([row[2] for row in rows]).sum(0),
    )
    assert_close(whole, expected)


@points(1, "INV")
@cases(gauss)
def test_linear(submission, case):
    """gives three times the gradients for three times grad_out"""
    expected = tuple(3 * part for part in gradients(submission, case))
    assert_close(submission.layernorm_backward(**case | {"grad_out": 3 * case["grad_out"]}), expected)


test_edges = edges("layernorm_backward", gauss, "EMPTY", "N1", samples=("grad_out", "x"))


@points(1, "EDGE")
@cases(one_feature, constant_row)
def test_constant_rows(submission, reference, case):
    """is right for rows without variance"""
    result, right = gradients(submission, case), gradients(reference, case)
    # The numbers of such a row are differences of equal numbers; they count on the scale of q / s.
    for mine, wanted, name in zip(result, right, ("grad_x", "grad_gamma", "grad_beta")):
        assert_close(mine, wanted, rule=absolute(1e-9 / case.get("eps", 1e-5) ** 0.5), what=name)


test_contract = contract("layernorm_backward", gauss)
test_one_row_contract = contract("layernorm_backward", one_row, tags=("NOALIAS",))
