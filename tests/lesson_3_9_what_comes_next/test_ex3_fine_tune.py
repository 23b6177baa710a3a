"""Checks of exercise 3.9.3: fine-tune a pre-trained backbone with a new head."""

import torch
import torch.nn.functional as F  # noqa: N812  its usual name
from torch import nn

from grader.testing import EXACT, Exercise, assert_close, assert_true, cases, points

EXERCISE = Exercise(points=3)


def training(case, epochs, freeze):  # runs beside the program
    """Fine-tune a small network with an optimizer of the check; return the losses and the state of both parts."""
    from ex3_fine_tune import fine_tune

    backbone = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Dropout(case["dropout"])).double()
    head = nn.Sequential(nn.BatchNorm1d(5), nn.Linear(5, 2)).double()
    parameters = [*backbone.parameters(), *head.parameters()]
    backbone[0].bias.requires_grad_(False)  # a flag that must be the same afterwards
    for parameter, value in zip(parameters, case["weights"]):
        parameter.data = value.clone()
        parameter.grad = torch.ones_like(value) if case["old_gradients"] and parameter.requires_grad else None
    groups = [{"params": backbone.parameters(), "lr": case["lr"] / 4}, {"params": head.parameters()}]
    optimizer = torch.optim.SGD(groups, lr=case["lr"], weight_decay=case["weight_decay"])
    for part in (backbone, head):
        part.train(case["train_before"])

    def loss_fn(prediction, y):  # not the same when the two are exchanged
        return ((prediction - y) ** 2 * (1 + y**2)).mean()

    losses = fine_tune(backbone, head, case["batches"], loss_fn, optimizer, epochs, freeze)

    def state(part):
        return {name: value.clone() for name, value in part.state_dict().items()}

    flags = [parameter.requires_grad for parameter in parameters]
    reached = [name for name, parameter in backbone.named_parameters() if parameter.grad is not None]
    return dict(losses=losses, backbone=state(backbone), head=state(head), requires_grad=flags, reached=reached)


def groups(lr_backbone, lr_head):  # runs beside the program
    """Return what make_optimizer gives: its class, then each group with its settings and the names of its parameters."""
    from ex3_fine_tune import make_optimizer

    backbone = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    head = nn.Linear(4, 2)
    names = {id(one): f"backbone.{name}" for name, one in backbone.named_parameters()}
    names |= {id(one): f"head.{name}" for name, one in head.named_parameters()}
    optimizer = make_optimizer(backbone, head, lr_backbone, lr_head)
    found = [
        dict(
            rate=float(group["lr"]),
            parameters=sorted(names[id(one)] for one in group["params"]),
            momentum=float(group.get("momentum", 0)),
            weight_decay=float(group["weight_decay"]),
        )
        for group in optimizer.param_groups
    ]
    return dict(groups=[type(optimizer).__name__, *found])


def head_alone(case, epochs):  # runs beside the program
    """Train the head by itself on features computed beforehand; nothing of the program is used."""
    backbone = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Tanh()).double()
    head = nn.Sequential(nn.BatchNorm1d(5), nn.Linear(5, 2)).double()
    for parameter, value in zip([*backbone.parameters(), *head.parameters()], case["weights"]):
        parameter.data = value.clone()
    backbone.eval()
    with torch.no_grad():
        features = [(backbone(X), y) for X, y in case["batches"]]
    optimizer = torch.optim.SGD(head.parameters(), lr=case["lr"], weight_decay=case["weight_decay"])
    losses = []
    for _ in range(epochs):
        total = 0.0
        for X, y in features:
            optimizer.zero_grad()
            loss = ((head(X) - y) ** 2 * (1 + y**2)).mean()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(X)
        losses.append(total / sum(len(X) for X, _ in features))
    return dict(losses=losses, head={name: value.clone() for name, value in head.state_dict().items()})


def both_functions(case, lr_backbone, freeze):  # runs beside the program
    """Fine-tune with the program's own optimizer; return which parameters have changed."""
    from ex3_fine_tune import fine_tune, make_optimizer

    backbone = nn.Sequential(nn.Linear(3, 5), nn.Tanh()).double()
    head = nn.Sequential(nn.BatchNorm1d(5), nn.Linear(5, 2)).double()
    optimizer = make_optimizer(backbone, head, lr_backbone, case["lr"])
    model = nn.ModuleDict(dict(backbone=backbone, head=head))
    before = {name: value.clone() for name, value in model.named_parameters()}
    fine_tune(backbone, head, case["batches"], F.mse_loss, optimizer, 2, freeze)
    return sorted(name for name, value in model.named_parameters() if not torch.equal(value, before[name]))


def keeps_batches(batches):  # runs beside the program
    """Fine-tune; return whether the batches are what they were."""
    from ex3_fine_tune import fine_tune

    backbone, head = nn.Linear(3, 5).double(), nn.Linear(5, 2).double()
    copies = [(X.clone(), y.clone()) for X, y in batches]
    optimizer = torch.optim.SGD([*backbone.parameters(), *head.parameters()], lr=0.1)
    fine_tune(backbone, head, batches, F.mse_loss, optimizer, 1, False)
    return len(batches) == len(copies) and all(
        torch.equal(X, X_before) and torch.equal(y, y_before) for (X, y), (X_before, y_before) in zip(batches, copies)
    )


def gauss(draw):
    """batches of 4, 4 and 3 samples"""
    return data(draw, 4, 4, 3)


def even(draw):
    """batches of 5 samples"""
    return data(draw, 5, 5)


def in_evaluation_mode(draw):
    """parts that arrive in evaluation mode"""
    return data(draw, 4, 3) | dict(train_before=False)


def dropout(draw):
    """a backbone with dropout"""
    return data(draw, 6, 4) | dict(dropout=0.5)


def old_gradients(draw):
    """gradients that lie there before"""
    return data(draw, 4, 4, 3) | dict(old_gradients=True)


def weight_decay(draw):
    """an optimizer with weight decay, and gradients that lie there before"""
    return data(draw, 5, 3) | dict(old_gradients=True, weight_decay=0.1)


def rates(draw):
    """two rates"""
    slow, fast = draw.uniform(2, low=0.01, high=0.1).tolist()
    return dict(lr_backbone=slow, lr_head=fast + 0.2)


def one_batch(draw):
    """a single batch"""
    return data(draw, 6)


def data(draw, *sizes):
    """Batches of these sizes, and weights of a network with 3 inputs, 5 features and 2 outputs."""
    shapes = [(5, 3), (5,), (5,), (5,), (5,), (5,), (2, 5), (2,)]
    return dict(
        batches=[(draw.normal(size, 3), draw.normal(size, 2)) for size in sizes],
        weights=[draw.normal(*shape) for shape in shapes],
        lr=0.02,
        weight_decay=0.0,
        dropout=0.0,
        old_gradients=False,
        train_before=True,
    )


def same_training(submission, reference, case, *, freeze, epochs=3):
    mine = submission.inside(training, case, epochs, freeze)
    right = reference.inside(training, case, epochs, freeze)
    for name in ("losses", "backbone", "head", "requires_grad"):
        assert_close(mine[name], right[name], what=name)


@points(1, "W")
@cases(rates)
def test_groups(submission, reference, case):
    """makes an optimizer with two groups, the backbone first, and a rate for each"""
    mine, right = (program.inside(groups, *case.values())["groups"] for program in (submission, reference))
    assert_close(mine, right, what="groups")


@points(3, "R")
@cases(gauss, even, in_evaluation_mode, old_gradients, weight_decay)
def test_both_parts(submission, reference, case):
    """trains both parts like the reference"""
    same_training(submission, reference, case, freeze=False)


@points(3, "R")
@cases(gauss, even, in_evaluation_mode, dropout, old_gradients, weight_decay)
def test_frozen(submission, reference, case):
    """trains the head of a frozen backbone like the reference"""
    same_training(submission, reference, case, freeze=True)


@points(2, "INV")
@cases(gauss, weight_decay)
def test_head_alone(submission, case):
    """gives the same as training the head alone on the features of the frozen backbone"""
    found = submission.inside(training, case, 3, True)
    right = submission.inside(head_alone, case, 3)
    for name, value in right.items():
        assert_close(found[name], value, what=name)


@points(2, "INV")
@cases(gauss, dropout, weight_decay)
def test_backbone_rests(submission, case):
    """leaves parameters and buffers of a frozen backbone bit for bit as they are"""
    before = submission.inside(training, case, 0, True)["backbone"]
    after = submission.inside(training, case, 3, True)["backbone"]
    assert_close(after, before, rule=EXACT, what="the backbone after training")


@points(1, "INV")
@cases(gauss)
def test_no_gradient_reaches_it(submission, case):
    """lets no gradient reach the parameters of a frozen backbone"""
    reached = submission.inside(training, case, 2, True)["reached"]
    names = ", ".join(f"`{name}`" for name in reached)
    assert_true(not reached, f"A gradient has reached {names} of the backbone, which was to be frozen.")


@points(1, "INV")
@cases(gauss)
def test_rate_zero(submission, case):
    """moves only the head when the backbone's rate is 0 or the backbone is frozen, and both parts otherwise"""
    head = ["head.0.bias", "head.0.weight", "head.1.bias", "head.1.weight"]
    for lr_backbone, freeze, expected in (
        (0.0, False, head),
        (0.1, True, head),
        (0.1, False, ["backbone.0.bias", "backbone.0.weight", *head]),
    ):
        found = submission.inside(both_functions, case, lr_backbone, freeze)
        how = f"With lr_backbone={lr_backbone} and freeze_backbone={freeze}"
        assert_true(
            found == expected, f"{how} training must change {', '.join(expected)}; it changed {', '.join(found)}."
        )


def after_no_epochs(case, freeze):  # runs beside the program
    """Fine-tune for 0 epochs; return the losses and whether the parameters are what they were."""
    from ex3_fine_tune import fine_tune

    backbone, head = nn.Linear(3, 5).double(), nn.Linear(5, 2).double()
    before = [parameter.clone() for parameter in [*backbone.parameters(), *head.parameters()]]
    optimizer = torch.optim.SGD([*backbone.parameters(), *head.parameters()], lr=0.1)
    losses = fine_tune(backbone, head, case["batches"], F.mse_loss, optimizer, 0, freeze)
    parameters = [*backbone.parameters(), *head.parameters()]
    return dict(
        losses=losses,
        kept=all(torch.equal(parameter, value) for parameter, value in zip(parameters, before)),
        requires_grad=[parameter.requires_grad for parameter in parameters],
    )


@points(1, "EDGE")
@cases(gauss)
def test_no_epochs(submission, case):
    """trains nothing in 0 epochs"""
    for freeze in (True, False):
        found = submission.inside(after_no_epochs, case, freeze)
        assert_close(found, dict(losses=[], kept=True, requires_grad=[True] * 4), rule=EXACT)


@points(1, "EDGE")
@cases(one_batch)
def test_one_batch(submission, reference, case):
    """trains with a single batch"""
    same_training(submission, reference, case, freeze=False)
    same_training(submission, reference, case, freeze=True)


@points(1, "CON")
@cases(gauss)
def test_types(submission, case):
    """returns a list of Python floats"""
    losses = submission.inside(training, case, 2, False)["losses"]
    assert_true(
        type(losses) is list and len(losses) == 2 and all(type(loss) is float for loss in losses),
        "`fine_tune` must return a list with one Python float for every epoch.",
    )


@points(1, "CON")
@cases(gauss)
def test_batches_unchanged(submission, case):
    """leaves the batches unchanged"""
    assert_true(submission.inside(keeps_batches, case["batches"]), "`fine_tune` must leave the batches as they are.")
