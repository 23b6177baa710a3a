"""Checks of exercise 3.4.3: a residual block, forward and backward."""

import torch

from grader.testing import (
    BY_HAND,
    FINITE_DIFFERENCE,
    Exercise,
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

EXERCISE = Exercise(points=2, forbid=BY_HAND)


def parameters(draw, d, h):
    """Return the parameters of a block for d features, with h hidden units."""
    return {"W1": 0.7 * draw.normal(d, h), "b1": 0.5 * draw.normal(h), "W2": draw.normal(h, d)}


def forward(x, params):
    """Return the output of the block and its hidden activation."""
    h = torch.tanh(x @ params["W1"] + params["b1"])
    return x + h @ params["W2"], h


def block(draw, n, d, h):
    """Return the arguments of `residual_backward` after a forward pass."""
    x, params = draw.normal(n, d), parameters(draw, d, h)
    return dict(grad_out=draw.normal(n, d), x=x, h=forward(x, params)[1], params=params)


def gauss(draw):
    """7 samples, 3 features, 5 hidden units"""
    return block(draw, 7, 3, 5)


def narrow(draw):
    """6 samples, 4 features, 1 hidden unit"""
    return block(draw, 6, 4, 1)


def square(draw):
    """4 samples, 4 features, 4 hidden units"""
    return block(draw, 4, 4, 4)


def inputs(draw):
    """7 samples, 3 features, 5 hidden units"""
    return dict(x=draw.normal(7, 3), params=parameters(draw, 3, 5))


def inputs_square(draw):
    """4 samples, 4 features, 4 hidden units"""
    return dict(x=draw.normal(4, 4), params=parameters(draw, 4, 4))


def silent_branch(draw):
    """a block whose W2 is 0"""
    case = block(draw, 6, 3, 5)
    return case | {"params": case["params"] | {"W2": torch.zeros_like(case["params"]["W2"])}}


def stack(draw):
    """30 blocks with small weights"""
    blocks = []
    for _ in range(30):
        params = parameters(draw, 3, 4)
        # A branch shrinks the gradient at least to 0.15 · 0.15 of its size: 30 blocks stay within 1.0225³⁰ < 2.
        blocks.append({name: 0.15 * value / value.norm() for name, value in params.items()})
    return dict(x=draw.normal(5, 3), grad_out=draw.normal(5, 3), blocks=blocks)


WORKED = {
    "W1": torch.tensor([[0.1], [0.2]], dtype=torch.float64),
    "b1": torch.tensor([-0.1], dtype=torch.float64),
    "W2": torch.tensor([[0.5, -1]], dtype=torch.float64),
}


@points(1, "W")
def test_worked_forward(submission):
    """gives the output of the worked example"""
    x = torch.tensor([[1, 2]], dtype=torch.float64)
    out = torch.tensor([[1.1899744811, 1.6200510377]], dtype=torch.float64)
    h = torch.tensor([[0.3799489623]], dtype=torch.float64)
    assert_close(submission.residual_forward(x, WORKED), (out, h), rule=printed(10))


@points(1, "W")
def test_worked_backward(submission):
    """gives the gradients of the worked example"""
    x = torch.tensor([[1, 2]], dtype=torch.float64)
    grad_x = torch.tensor([[0.9572180607, 0.9144361214]], dtype=torch.float64)
    expected = {
        "W1": torch.tensor([[-0.4278193930], [-0.8556387861]], dtype=torch.float64),
        "b1": torch.tensor([-0.4278193930], dtype=torch.float64),
        "W2": torch.tensor([[0.3799489623, 0.3799489623]], dtype=torch.float64),
    }
    result = submission.residual_backward(torch.ones_like(x), x, forward(x, WORKED)[1], WORKED)
    assert_close(result, (grad_x, expected), rule=printed(10))


@points(2, "R")
@cases(inputs, inputs_square)
def test_forward(submission, reference, case):
    """gives the right output"""
    agree(submission, reference, "residual_forward", case)


@points(4, "R")
@cases(gauss, narrow, square)
def test_backward(submission, reference, case):
    """gives the right gradients"""
    agree(submission, reference, "residual_backward", case)


@points(2, "FD")
@cases(gauss)
def test_finite_differences(submission, case):
    """gives the slopes of the output, weighted by grad_out, that one measures by moving every number a little"""
    grad_out, x, params = case["grad_out"], case["x"], case["params"]

    def weighted(x, params):
        return (grad_out * forward(x, params)[0]).sum()

    gradients = {
        name: finite_difference(lambda moved, name=name: weighted(x, params | {name: moved}), value)
        for name, value in params.items()
    }
    grad_x = finite_difference(lambda moved: weighted(moved, params), x)
    assert_close(submission.residual_backward(**case), (grad_x, gradients), rule=FINITE_DIFFERENCE)


@points(1, "INV")
@cases(silent_branch)
def test_silent_branch(submission, case):
    """is the identity, both ways, when W2 is 0"""
    x, params, grad_out = case["x"], case["params"], case["grad_out"]
    silent = {
        "W1": torch.zeros_like(params["W1"]),
        "b1": torch.zeros_like(params["b1"]),
        "W2": case["h"].T @ grad_out,
    }
    assert_close(submission.residual_forward(x, params), (x, case["h"]))
    assert_close(submission.residual_backward(**case), (grad_out, silent))


@points(1, "INV")
@cases(stack)
def test_stack(submission, case):
    """lets the gradient through 30 blocks with small weights"""
    x, inputs, hidden = case["x"], [], []
    for params in case["blocks"]:
        inputs.append(x)
        x, h = forward(x, params)
        hidden.append(h)
    grad = case["grad_out"]
    for x, h, params in reversed(list(zip(inputs, hidden, case["blocks"]))):
        result = submission.residual_backward(grad, x, h, params)
        assert_true(
            isinstance(result, tuple) and len(result) == 2 and getattr(result[0], "shape", None) == x.shape,
            "residual_backward must return (grad_x, gradients), with grad_x [N, D].",
        )
        grad = result[0]
    ratio = float(grad.norm() / case["grad_out"].norm())
    assert_true(
        0.5 < ratio < 2,
        f"Behind 30 blocks with small weights the gradient is {ratio:.3g} times as large as before; it must be between "
        "0.5 and 2 times.",
    )


test_forward_edges = edges("residual_forward", inputs, "EMPTY", "N1")
test_backward_edges = edges("residual_backward", gauss, "EMPTY", "N1", samples=("grad_out", "x", "h"))
test_forward_contract = contract("residual_forward", inputs)
test_backward_contract = contract("residual_backward", gauss)


def silent_inputs(draw):
    """the inputs of a block whose W2 is 0"""
    case = silent_branch(draw)
    return dict(x=case["x"], params=case["params"])


# Where the block is the identity, it is tempting to hand its input back.
test_silent_forward_contract = contract("residual_forward", silent_inputs, tags=("NOALIAS",))
test_silent_backward_contract = contract("residual_backward", silent_branch, tags=("NOALIAS",))
