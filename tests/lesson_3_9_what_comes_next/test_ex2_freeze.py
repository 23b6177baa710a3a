"""Checks of exercise 3.9.2: freeze a pre-trained model, except for chosen parts."""

import torch
import torch.nn.functional as F  # noqa: N812  its usual name
from torch import nn

from grader.testing import EXACT, Exercise, assert_close, assert_true, cases, points

EXERCISE = Exercise(points=2)


def frozen(trainable, frozen_before, old_gradients):  # runs beside the program
    """Freeze a fresh model; return the counts, and what has become of every parameter."""
    from collections import OrderedDict

    from ex2_freeze import freeze_except

    def part(**modules):
        return nn.Sequential(OrderedDict(modules))

    model = part(
        backbone=part(first=nn.Linear(3, 5), norm=nn.BatchNorm1d(5), drop=nn.Dropout(0.5), last=nn.Linear(5, 4)),
        overhead=nn.Linear(4, 4),
        header=nn.Linear(4, 4, bias=False),
        head=part(norm=nn.BatchNorm1d(4), out=nn.Linear(4, 2)),
    )
    for parameter in model.parameters():
        parameter.requires_grad_(not frozen_before)
        parameter.grad = torch.ones_like(parameter) if old_gradients else None
    values = {name: value.clone() for name, value in model.state_dict().items()}
    counts = freeze_except(model, trainable)
    return dict(
        counts=counts,
        requires_grad={name: parameter.requires_grad for name, parameter in model.named_parameters()},
        # what becomes of the gradients of trainable parameters is left open
        frozen_gradients=[
            name for name, one in model.named_parameters() if not one.requires_grad and one.grad is not None
        ],
        values_kept=all(torch.equal(value, values[name]) for name, value in model.state_dict().items()),
    )


def modes(trainable, train_before):  # runs beside the program
    """Set the modes of a model; return the mode of every module, the model itself under the name "model"."""
    from collections import OrderedDict

    from ex2_freeze import set_train_mode

    def part(**modules):
        return nn.Sequential(OrderedDict(modules))

    model = part(
        backbone=part(first=nn.Linear(3, 5), norm=nn.BatchNorm1d(5), drop=nn.Dropout(0.5), last=nn.Linear(5, 4)),
        overhead=nn.Dropout(0.5),
        header=nn.BatchNorm1d(4),
        head=part(norm=nn.BatchNorm1d(4), out=part(drop=nn.Dropout(0.5), last=nn.Linear(4, 2))),
    )
    model.train(train_before)
    set_train_mode(model, trainable)
    return {name or "model": module.training for name, module in model.named_modules()}


def moved(X, y, trainable):  # runs beside the program
    """Freeze a model that has trained before, train it on; return what has changed, parameters and buffers."""
    from collections import OrderedDict

    from ex2_freeze import freeze_except, set_train_mode

    def part(**modules):
        return nn.Sequential(OrderedDict(modules))

    model = part(
        backbone=part(first=nn.Linear(3, 5), norm=nn.BatchNorm1d(5), drop=nn.Dropout(0.5), last=nn.Linear(5, 4)),
        header=part(norm=nn.BatchNorm1d(4), act=nn.Tanh()),
        head=part(norm=nn.BatchNorm1d(4), out=nn.Linear(4, 2)),
    ).to(X)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.1)

    def step():
        optimizer.zero_grad(set_to_none=False)  # old gradients become 0, and weight decay acts on them
        F.mse_loss(model(X), y).backward()
        optimizer.step()

    step()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    freeze_except(model, trainable)
    set_train_mode(model, trainable)
    for _ in range(2):
        step()
    return sorted(name for name, value in model.state_dict().items() if not torch.equal(value, before[name]))


def head_only(draw):
    """the head"""
    return dict(trainable=["head"])


def two_parts(draw):
    """the head and the last layer of the backbone"""
    return dict(trainable=["head", "backbone.last"])


def one_layer(draw):
    """a layer inside the head, given as a tuple"""
    return dict(trainable=("head.out",))


def one_parameter(draw):
    """a single parameter"""
    return dict(trainable=["head.out.bias"])


def nothing(draw):
    """nothing"""
    return dict(trainable=[])


def everything(draw):
    """every part"""
    return dict(trainable=["backbone", "overhead", "header", "head"])


def same_freeze(submission, reference, case, *, frozen_before=False, old_gradients=False):
    mine = submission.inside(frozen, case["trainable"], frozen_before, old_gradients)
    assert_close(mine, reference.inside(frozen, case["trainable"], frozen_before, old_gradients), rule=EXACT)


@points(3, "R")
@cases(head_only, two_parts, one_layer, one_parameter)
def test_freeze(submission, reference, case):
    """freezes all parameters but the chosen ones, and counts their elements"""
    same_freeze(submission, reference, case)


@points(1, "R")
@cases(head_only, two_parts)
def test_switches_on_again(submission, reference, case):
    """makes the chosen parameters trainable when they were frozen before"""
    same_freeze(submission, reference, case, frozen_before=True)


@points(1, "R")
@cases(head_only, two_parts)
def test_old_gradients(submission, reference, case):
    """clears the gradients of frozen parameters"""
    same_freeze(submission, reference, case, old_gradients=True)


@points(3, "R")
@cases(head_only, two_parts, one_layer)
def test_modes(submission, reference, case):
    """puts the chosen modules into training mode and all others into evaluation mode"""
    for train_before in (True, False):
        mine = submission.inside(modes, case["trainable"], train_before)
        assert_close(mine, reference.inside(modes, case["trainable"], train_before), rule=EXACT)


@points(1, "INV")
@cases(head_only, two_parts)
def test_training_step(submission, draw, case):
    """leaves frozen parameters and buffers bit for bit as they are when training goes on, also with weight decay"""
    state = {
        "head": ("norm.weight", "norm.bias", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked")
        + ("out.weight", "out.bias"),
        "backbone.last": ("weight", "bias"),
    }
    expected = sorted(f"{part}.{name}" for part in case["trainable"] for name in state[part])
    found = submission.inside(moved, draw.normal(8, 3), draw.normal(8, 2), case["trainable"])
    wrong = [name for name in found if name not in expected]
    assert_true(not wrong, f"Frozen, but changed by training: {', '.join(wrong)}.")
    still = [name for name in expected if name not in found]
    assert_true(not still, f"Trainable, but not changed by training: {', '.join(still)}.")


@points(1, "EDGE")
@cases(nothing, everything)
def test_freeze_edges(submission, reference, case):
    """freezes everything or nothing, too"""
    same_freeze(submission, reference, case)


@points(1, "EDGE")
@cases(nothing, everything)
def test_mode_edges(submission, reference, case):
    """sets the modes when everything or nothing is chosen"""
    mine = submission.inside(modes, case["trainable"], True)
    assert_close(mine, reference.inside(modes, case["trainable"], True), rule=EXACT)


def types(trainable):  # runs beside the program
    """Return the names of the types of the result, and of its parts."""
    from collections import OrderedDict

    from ex2_freeze import freeze_except

    model = nn.Sequential(OrderedDict(backbone=nn.Linear(3, 4), head=nn.Linear(4, 2)))
    counts = freeze_except(model, trainable)
    return counts, [type(counts).__name__, *(type(count).__name__ for count in counts)]


@points(1, "W")
@cases(head_only)
def test_worked_example(submission, case):
    """gives the numbers of the worked example"""
    assert_close(submission.inside(types, case["trainable"])[0], (10, 26), rule=EXACT)


@points(1, "CON")
@cases(head_only)
def test_types(submission, case):
    """returns a tuple of two ints"""
    assert_true(
        submission.inside(types, case["trainable"])[1] == ["tuple", "int", "int"],
        "`freeze_except` must return a tuple of two ints.",
    )
