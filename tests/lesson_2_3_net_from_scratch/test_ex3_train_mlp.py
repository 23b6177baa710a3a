"""Checks of exercise 2.3.3: train the two-layer network."""

import torch

from grader.testing import (
    BY_HAND,
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

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def parameters(draw, d, h, o):
    """Return the parameters of a network with d inputs, h hidden units and o outputs."""
    return {
        "W1": 0.7 * draw.normal(d, h),
        "b1": 0.5 * draw.normal(h),
        "W2": 0.7 * draw.normal(h, o),
        "b2": draw.normal(o),
    }


def step(draw):
    """one update of a network with 3 inputs, 5 hidden units, 2 outputs"""
    return dict(params=parameters(draw, 3, 5, 2), grads=parameters(draw, 3, 5, 2), lr=0.3)


def standing(draw):
    """an update with lr=0"""
    return step(draw) | dict(lr=0.0)


def fast(draw):
    """7 samples, 3 features, 5 hidden units, 2 outputs, lr 0.5"""
    return dict(X=draw.normal(7, 3), y=draw.normal(7, 2), params=parameters(draw, 3, 5, 2), lr=0.5, epochs=8)


def slow(draw):
    """8 samples, 2 features around 1, 4 hidden units, 3 outputs, lr 0.1"""
    return dict(X=draw.normal(8, 2) + 1, y=draw.normal(8, 3), params=parameters(draw, 2, 4, 3), lr=0.1, epochs=8)


def one_output(draw):
    """9 samples, 2 features, 4 hidden units, 1 output, lr 0.5"""
    return dict(X=draw.normal(9, 2), y=draw.normal(9, 1), params=parameters(draw, 2, 4, 1), lr=0.5, epochs=8)


def forward(X, params):
    """Return the predictions of the network."""
    return torch.tanh(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]


def permuted(params, order):
    """Return the parameters with the hidden units in another order."""
    return params | {"W1": params["W1"][:, order], "b1": params["b1"][order], "W2": params["W2"][order]}


def trained(submission, case):
    """Return parameters and losses of a submission, once they are known to have the right structure."""
    result = submission.train_mlp(**case)
    shapes = {name: value.shape for name, value in case["params"].items()}
    assert_true(
        isinstance(result, tuple)
        and len(result) == 2
        and isinstance(result[0], dict)
        and {name: getattr(value, "shape", None) for name, value in result[0].items()} == shapes
        and isinstance(result[1], list)
        and len(result[1]) == case["epochs"],
        "train_mlp must return (params, losses): a dictionary like params, and a list with one loss per epoch.",
    )
    return result


@points(1, "W")
def test_worked_example(submission):
    """gives the losses and the output weights of the worked example"""
    params = {
        "W1": torch.tensor([[0.1, 0.2], [0.3, 0.4]], dtype=torch.float64),
        "b1": torch.tensor([0, 0.1], dtype=torch.float64),
        "W2": torch.tensor([[0.5], [-0.5]], dtype=torch.float64),
        "b2": torch.tensor([0.2], dtype=torch.float64),
    }
    x = torch.tensor([[1, 2], [-1, 1]], dtype=torch.float64)
    y = torch.tensor([[1], [0]], dtype=torch.float64)
    after, losses = trained(submission, dict(X=x, y=y, params=params, lr=0.5, epochs=3))
    assert_close(losses, [0.4149702286, 0.3359569332, 0.3064051654], rule=printed(10), what="losses")
    w2 = torch.tensor([[0.7481843087], [0.0055534450]], dtype=torch.float64)
    assert_close(after["W2"], w2, rule=printed(10), what='params["W2"]')
    last = ((forward(x, after) - y) ** 2).mean()
    assert_close(
        last, torch.tensor(0.1864903436, dtype=torch.float64), rule=printed(10), what="loss after the third step"
    )


@points(1, "W")
def test_worked_update(submission):
    """gives the numbers of the worked example of update"""
    params = {"b": torch.tensor([1, 2], dtype=torch.float64)}
    grads = {"b": torch.tensor([0.5, -1], dtype=torch.float64)}
    assert_close(submission.update(params, grads, 0.1), {"b": torch.tensor([0.95, 2.1], dtype=torch.float64)})


@points(1, "R")
@cases(step)
def test_update(submission, reference, case):
    """moves every parameter against its gradient"""
    agree(submission, reference, "update", case)


@points(6, "R")
@cases(fast, slow, one_output)
def test_training(submission, reference, case):
    """follows the reference through every epoch"""
    agree(submission, reference, "train_mlp", case, steps="epochs")


@points(1, "INV")
@cases(fast)
def test_in_two_parts(submission, case):
    """gives the same after 3 and 5 more epochs as after 8"""
    params, losses = trained(submission, case | {"epochs": 3})
    after, more = trained(submission, case | {"params": params, "epochs": 5})
    assert_close(submission.train_mlp(**case), (after, losses + more))


@points(1, "INV")
@cases(slow)
def test_equals_autograd(submission, case):
    """equals a training loop with autograd"""
    params = {name: value.clone().requires_grad_() for name, value in case["params"].items()}
    losses = []
    for _ in range(case["epochs"]):
        loss = ((forward(case["X"], params) - case["y"]) ** 2).mean()
        losses.append(loss.item())
        grads = torch.autograd.grad(loss, list(params.values()))
        params = {
            name: (value - case["lr"] * grad).detach().requires_grad_()
            for (name, value), grad in zip(params.items(), grads)
        }
    expected = {name: value.detach() for name, value in params.items()}
    assert_close(submission.train_mlp(**case), (expected, losses))


@points(1, "INV")
@cases(fast)
def test_hidden_units_permuted(submission, case, draw):
    """gives the same network when the hidden units change places before training"""
    order = draw.permutation(5)
    params, losses = trained(submission, case)
    case = case | {"params": permuted(case["params"], order)}
    assert_close(submission.train_mlp(**case), (permuted(params, order), losses))


test_update_edges = edges("update", step, "LR0")
test_train_edges = edges("train_mlp", fast, "EMPTY", "EP0", "LR0")
test_update_contract = contract("update", step)
test_standing_contract = contract("update", standing, tags=("NOALIAS",))  # nothing moves there, and yet it copies
test_train_contract = contract("train_mlp", fast)
