"""Checks of exercise 1.5.4: the loop with autograd."""

import torch

from grader.testing import (
    F_NN,
    F_NP,
    F_OPT,
    Exercise,
    absolute,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    edges,
    points,
    printed,
)

EXERCISE = Exercise(points=3, forbid=(F_OPT, F_NN, F_NP))


def gauss(draw):
    """normal data, 11 samples"""
    return dict(**data(draw, 11), lr=0.05, epochs=6)


def shift(draw):
    """inputs around 3, 13 samples"""
    case = dict(**data(draw, 13), lr=0.02, epochs=8)
    return case | dict(x=case["x"] + 3)


def too_fast(draw):
    """a learning rate so large that the loss rises"""
    return shift(draw) | dict(lr=1.5, epochs=4)


def one_epoch(draw):
    """a single epoch"""
    return gauss(draw) | dict(epochs=1)


def start_requires_grad(draw):
    """start values that already require grad"""
    return gauss(draw)


def data(draw, n):
    return dict(x=draw.normal(n, 1), y=draw.normal(n, 1), b=draw.normal(1), w=draw.normal(1))


def descend(x, y, b, w, *, lr, epochs):
    """The same run with the gradients of lesson 1.2, written by hand."""
    losses = []
    for _ in range(epochs):
        error = b + w * x - y
        losses.append(error.square().mean().item())
        b, w = b - lr * 2 * error.mean(0), w - lr * 2 * (error * x).mean(0)
    return b, w, losses


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    x, y = torch.tensor([[1.0], [2.0], [3.0]]).double(), torch.tensor([[2.0], [4.0], [5.0]]).double()
    zero = torch.zeros(1, dtype=torch.float64)
    result = submission.train_autograd(x, y, zero, zero.clone(), 0.1, 2)
    expected = (torch.full_like(zero, 0.6533333333), torch.full_like(zero, 1.4844444444), [15.0, 0.2340740741])
    assert_close(result, expected, rule=printed(10))


@points(1, "W")
def test_published_run(submission, published):
    """reaches the published parameters after 1000 epochs in float64"""
    b, w, losses = published_run(submission, published, torch.float64)
    assert_close(b, torch.tensor([1.02354093708], dtype=torch.float64), rule=printed(11), what="b")
    assert_close(w, torch.tensor([1.9689641135454565], dtype=torch.float64), what="w")
    first_and_last = [2.7421577700550976, 0.008044657695505499]
    assert_close([losses[0], losses[-1]], first_and_last, what="the first and the last loss")


@points(1, "W")
def test_published_run_float32(submission, published):
    """reaches the published parameters after 1000 epochs in float32"""
    b, w, losses = published_run(submission, published, torch.float32)
    # Rounding halts the run in float32 a little before the end, at a place that depends on the order of the operations.
    assert_close(b, torch.tensor([1.023543119430542]), rule=absolute(1e-4), what="b")
    assert_close(w, torch.tensor([1.9689600467681885]), rule=absolute(1e-4), what="w")
    assert_close(losses[-1], 0.008044655434787273, rule=absolute(1e-6), what="the last loss")


def published_run(submission, published, dtype):
    x, y, b, w = (published[name].to(dtype) for name in ("x_train", "y_train", "b", "w"))
    result = submission.train_autograd(x, y, b, w, 0.1, 1000)
    assert_true(isinstance(result, tuple) and len(result) == 3, "`train_autograd` must return (b, w, losses).")
    history = result[2]
    assert_true(isinstance(history, list), "The history must be a list with one loss for each of the 1000 epochs.")
    assert_true(
        len(history) == 1000, f"The history of 1000 epochs has {len(history)} entries: one loss belongs to each epoch."
    )
    return result


@points(3, "R")
@cases(gauss, shift, one_epoch, too_fast)
def test_matches_reference(submission, reference, case):
    """follows the reference through every epoch"""
    agree(submission, reference, "train_autograd", case, steps="epochs")


@points(1, "INV")
@cases(gauss, shift)
def test_same_as_by_hand(submission, case):
    """makes the same steps as the gradients derived by hand"""
    assert_close(submission.train_autograd(**case), descend(**case), what="the run")


@points(4, "T")
@cases(gauss, one_epoch)
def test_backward_calls(submission, case):
    """runs the backward pass once per epoch"""
    ran = submission.answer("train_autograd", case).counts.get("backward", 0)
    epochs = case["epochs"]
    runs = "once" if ran == 1 else f"{ran} times"
    period = "1 epoch" if epochs == 1 else f"{epochs} epochs"
    assert_true(ran == epochs, f"The backward pass ran {runs} in {period}; let autograd run it once in each.")


@points(1, "EDGE")
@cases(start_requires_grad)
def test_start_requires_grad(submission, reference, case):
    """leaves start values that require grad untouched"""
    agree(submission, reference, "train_autograd", case, requires_grad=True)
    mutated = submission.answer("train_autograd", case, requires_grad=True).mutated
    assert_true(not mutated, f"The start values were changed: {', '.join(map(str, mutated))}. Train copies of them.")


test_edges = edges("train_autograd", gauss, "EP0", "LR0", "EMPTY", "N1")
test_contract = contract("train_autograd", gauss)
