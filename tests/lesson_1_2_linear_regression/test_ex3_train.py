"""Checks of exercise 1.2.3: linear regression by gradient descent."""

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


def gauss(draw):
    """normal data with three features"""
    b = draw.uniform(1, low=0.5, high=1.5)
    return dict(X=draw.normal(11, 3), y=draw.normal(11, 1) - 1, w=draw.normal(3, 1), b=b, lr=0.05, epochs=6)


def shift(draw):
    """two features with mean 3"""
    b = draw.uniform(1, low=0.5, high=1.5)
    return dict(X=draw.normal(13, 2) + 3, y=draw.normal(13, 1), w=draw.normal(2, 1), b=b, lr=0.05, epochs=6)


def one_feature(draw):
    """a single feature"""
    b = draw.uniform(1, low=-1.5, high=-0.5)
    return dict(X=draw.normal(9, 1) + 0.5, y=draw.normal(9, 1) + 1, w=draw.normal(1, 1), b=b, lr=0.1, epochs=4)


def too_fast(draw):
    """a learning rate so large that the loss rises"""
    return gauss(draw) | dict(lr=1.5, epochs=4)


def trained(submission, case):
    """Return (w, b, losses), or say that this is not what came back."""
    result = submission.train_linear_regression(**case)
    assert_true(isinstance(result, tuple) and len(result) == 3, "Return three values: w, b and the losses.")
    *parameters, losses = result
    assert_true(all(isinstance(parameter, torch.Tensor) for parameter in parameters), "w and b are tensors.")
    assert_true(isinstance(losses, list), "The losses are a list.")
    assert_true(len(losses) == case["epochs"], f"There are {len(losses)} losses for {case['epochs']} epoch(s).")
    return result


def on_published_data(submission, published, epochs):
    """Train on the published points, from the published start, with the published learning rate."""
    data = dict(X=published["x_train"], y=published["y_train"], w=published["w"].reshape(1, 1), b=published["b"])
    return trained(submission, data | dict(lr=0.1, epochs=epochs))


@points(1, "W")
def test_published_first_step(submission, published):
    """gives the published parameters after one epoch"""
    w, b, losses = on_published_data(submission, published, 1)
    w_end = torch.tensor([[0.04511107054392366]], dtype=torch.float64)
    b_end = torch.tensor([0.8011952909762835], dtype=torch.float64)
    assert_close({"w": w, "b": b}, {"w": w_end, "b": b_end})
    assert_close(losses, [2.742157770055097], what="the history of losses")


@points(1, "W")
def test_published_first_losses(submission, published):
    """gives the published losses of the first three epochs"""
    _, _, losses = on_published_data(submission, published, 3)
    assert_close(losses, [2.742157770055097, 1.634931811122577, 1.0068190845226028])


@points(1, "W")
def test_published_end(submission, published):
    """gives the published parameters after 1000 epochs"""
    w, b, losses = on_published_data(submission, published, 1000)
    assert_close(w, torch.tensor([[1.96896411]], dtype=torch.float64), rule=printed(8), what="w")
    assert_close(b, torch.tensor([1.02354094], dtype=torch.float64), rule=printed(8), what="b")
    assert_close(losses[-1:], [0.008044657695505499], what="the last loss")


@points(3, "R")
@cases(gauss, shift, one_feature, too_fast)
def test_matches_reference(submission, reference, case):
    """follows the reference through every epoch"""
    agree(submission, reference, "train_linear_regression", case, steps="epochs")


@points(1, "INV")
def test_goes_on_where_it_stopped(submission, draw):
    """trains for two epochs and then for four exactly as for six"""
    case = gauss(draw)
    w, b, early = trained(submission, case | {"epochs": 2})
    w, b, late = trained(submission, case | {"w": w, "b": b, "epochs": 4})
    assert_close(submission.train_linear_regression(**case), (w, b, early + late))


@points(1, "INV")
def test_losses_fall(submission, draw):
    """lowers the loss in every epoch while the learning rate is below the largest stable one"""
    case = gauss(draw)
    A = torch.cat([case["X"], torch.ones(11, 1, dtype=torch.float64)], dim=1)
    steepest = float(torch.linalg.eigvalsh(2 / 11 * A.T @ A)[-1])
    _, _, losses = trained(submission, case | {"lr": 0.9 * 2 / steepest, "epochs": 8})
    for epoch in range(1, 8):
        assert_true(losses[epoch] < losses[epoch - 1], f"The loss rises in epoch {epoch}.")


@points(1, "INV")
def test_shifted_targets(submission, draw):
    """leaves w as it is when the same number is added to the targets and to the bias"""
    case = gauss(draw)
    w, b, losses = trained(submission, case)
    shifted = submission.train_linear_regression(**case | {"y": case["y"] + 2.5, "b": case["b"] + 2.5})
    assert_close(shifted, (w, b + 2.5, losses))


test_edges = edges("train_linear_regression", gauss, "EP0", "LR0", "EMPTY", "N1")
test_contract = contract("train_linear_regression", gauss)
