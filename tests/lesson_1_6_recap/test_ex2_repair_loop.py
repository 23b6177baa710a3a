"""Checks of exercise 1.6.2: repair a broken training loop.

Five bugs, five checks of equal weight: a check passes when its bug is gone, whatever else is still wrong. So the answers
are compared not only with the right loop but with every loop in which some of the bugs remain. Once all five are gone, each
check also demands what belongs to its line of the loop: published numbers, edge cases, the contract.
"""

import torch

from grader.testing import BY_HAND, Exercise, agree, assert_close, assert_true, points, printed

EXERCISE = Exercise(points=4, forbid=BY_HAND)

STALE = "Predictions are computed once and reused: recompute them from the current parameters in every step."
SUMMED = "Your gradient is batch-size times too large: average over the batch instead of summing."
UPHILL = "You move uphill: look at the sign of the error and at the sign of the update."
WITH_X = "The bias gradient must not contain x: d(wx+b)/db = 1."
LATE = "The history must hold the loss before each update; yours is one step late."


def shift(draw):
    """two features with mean 1"""
    b = draw.uniform(1, low=0.5, high=1.5)
    return dict(X=draw.normal(11, 2) + 1, y=draw.normal(11, 1) - 1, w=draw.normal(2, 1) + 1, b=b, lr=0.03, epochs=4)


def three_features(draw):
    """three features with mean -1"""
    b = draw.uniform(1, low=-1.5, high=-0.5)
    return dict(X=draw.normal(7, 3) - 1, y=draw.normal(7, 1) + 2, w=draw.normal(3, 1), b=b, lr=0.02, epochs=5)


def too_fast(draw):
    """a learning rate so large that the loss rises"""
    return shift(draw) | dict(lr=1.5, epochs=3)


FAMILIES = (three_features, shift, too_fast)  # three features first: 1/D is not 1/2 there


# The loops between the broken one and the right one


def loop(case, *, stale, sum_w, sum_b, with_x, up_w, up_b, late):
    """Return what a loop with these faults returns: `stale` for the gradient or for all, `with_x` summed or averaged."""
    X, y, w, b, lr, epochs = case.values()
    N, first, losses = len(X), X @ case["w"] + case["b"] - y, []
    for _ in range(epochs):
        now = X @ w + b - y
        errors = first if stale else now
        if not late:
            losses.append(float(((first if stale == "all" else now) ** 2).mean()))
        terms = X * errors if with_x else errors
        bias = terms.mean() * N if with_x == "averaged" else terms.sum()
        grad_w, grad_b = 2 * X.T @ errors / (1 if sum_w else N), 2 * bias.reshape(1) / (1 if sum_b else N)
        w, b = w + (lr if up_w else -lr) * grad_w, b + (lr if up_b else -lr) * grad_b
        if late:
            losses.append(float(((X @ w + b - y) ** 2).mean()))
    return w, b, losses


def bugs_of(faults):
    """Return the bugs of which these faults are a part."""
    found = {STALE: faults["stale"], SUMMED: faults["sum_w"] or faults["sum_b"], WITH_X: faults["with_x"]}
    found |= {UPHILL: faults["up_w"] or faults["up_b"], LATE: faults["late"]}
    return {bug for bug, there in found.items() if there}


BOTH = (False, True)
# Every loop, those with few bugs first. A history that is stale itself never changes: nobody can tell when it was written.
LOOPS = sorted(
    (
        dict(stale=stale, sum_w=sum_w, sum_b=sum_b, with_x=with_x, up_w=up_w, up_b=up_b, late=late)
        for stale, late in (("", False), ("", True), ("gradient", False), ("gradient", True), ("all", False))
        for sum_w in BOTH
        for sum_b in BOTH
        for with_x in ("", "summed", "averaged")
        for up_w in BOTH
        for up_b in BOTH
    ),
    key=lambda faults: len(bugs_of(faults)),
)


def same(result, expected):
    """Return whether a result is that of a loop; whatever has another form is not."""
    if not isinstance(result, tuple) or len(result) != 3 or not isinstance(result[2], list):
        return False
    if len(result[2]) != len(expected[2]) or not all(isinstance(loss, float) for loss in result[2]):
        return False
    losses = torch.tensor(result[2], dtype=torch.float64)
    for got, wanted in zip((*result[:2], losses), (*expected[:2], torch.tensor(expected[2], dtype=torch.float64))):
        if not isinstance(got, torch.Tensor) or got.shape != wanted.shape:
            return False
        if not float((got - wanted).abs().max()) <= 1e-9 * float(wanted.abs().max()):
            return False
    return True


def repaired(submission, reference, draw_for, bug):
    """Fail if the bug is there; return whether all five are gone.

    A program that is none of the known loops has another fault. It is compared with the right loop, which says where.
    """
    drawn = [family(draw_for(family.__name__)) for family in FAMILIES]
    results = [submission.train_repaired(**case) for case in drawn]
    for faults in LOOPS:
        if all(same(result, loop(case, **faults)) for result, case in zip(results, drawn)):
            assert_true(bug not in bugs_of(faults), bug)
            return not bugs_of(faults)
    for case in drawn:
        agree(submission, reference, "train_repaired", case, steps="epochs")
    return True


def published_run(submission, published, epochs, **start):
    case = dict(X=published["x_train"], y=published["y_train"], w=published["w"].reshape(1, 1), b=published["b"])
    return submission.train_repaired(**case | start | dict(lr=0.1, epochs=epochs))


# The five checks


@points(1, "R", gate=True)
def test_predictions(submission, reference, draw_for, published):
    """predicts with the current parameters in every epoch"""
    if repaired(submission, reference, draw_for, STALE):
        w, b, _ = published_run(submission, published, 100)
        assert_close(b, torch.tensor([1.1860732933], dtype=torch.float64), rule=printed(10), what="b after 100 epochs")
        assert_close(
            w, torch.tensor([[1.6509355726]], dtype=torch.float64), rule=printed(10), what="w after 100 epochs"
        )
        # The start that a GPU draws; the numbers were published with four decimals.
        start = dict(w=torch.tensor([[0.1391]], dtype=torch.float64), b=torch.tensor([0.1940], dtype=torch.float64))
        w, b, _ = published_run(submission, published, 1000, **start)
        assert_close(b, torch.tensor([1.0235], dtype=torch.float64), rule=printed(4), what="b after 1000 epochs")
        assert_close(w, torch.tensor([[1.9690]], dtype=torch.float64), rule=printed(4), what="w after 1000 epochs")


@points(1, "R", gate=True)
def test_average(submission, reference, draw_for):
    """averages the gradients over the samples"""
    if repaired(submission, reference, draw_for, SUMMED):
        case = shift(draw_for("shift"))
        agree(submission, reference, "train_repaired", case | {"X": case["X"][:1], "y": case["y"][:1]})
        none = case | {"X": case["X"][:0], "y": case["y"][:0]}
        w, b, losses = submission.train_repaired(**none)
        kept = torch.equal(w, none["w"]) and torch.equal(b, none["b"]) and losses == []
        assert_true(kept, "Without samples (N = 0) w and b are copies of the start, and the history is empty.")


@points(1, "R", gate=True)
def test_downhill(submission, reference, draw_for):
    """moves downhill"""
    if repaired(submission, reference, draw_for, UPHILL):
        case = shift(draw_for("shift"))
        agree(submission, reference, "train_repaired", case | {"lr": 0.0})
        for epochs in (4, 0):
            answer = submission.answer("train_repaired", case | {"epochs": epochs})
            changed, shared = " and ".join(answer.mutated), " and ".join(answer.aliases)
            arguments = "arguments" if len(answer.mutated) > 1 else "argument"
            assert_true(
                not changed, f"The loop changed its {arguments} {changed}: work on a copy or write out of place."
            )
            assert_true(not shared, f"The result shares memory with {shared}; return a clone.")


@points(1, "R", gate=True)
def test_bias(submission, reference, draw_for):
    """gives the bias a gradient without x"""
    if repaired(submission, reference, draw_for, WITH_X):
        case = shift(draw_for("shift"))
        agree(submission, reference, "train_repaired", case, strided=True)
        agree(submission, reference, "train_repaired", case, requires_grad=True)
        low = {
            name: value.to(torch.float32) if isinstance(value, torch.Tensor) else value for name, value in case.items()
        }
        for arguments in (case, low):
            w, b, _ = submission.train_repaired(**arguments)
            kept = w.dtype == arguments["w"].dtype and b.dtype == arguments["b"].dtype
            assert_true(kept, "w and b keep the dtype they came with: create tensors from the input's dtype.")
        # A dry run: the arguments pretend to lie on a GPU.
        mine, right = (program.answer("train_repaired", case, pretend="cuda:0") for program in (submission, reference))
        devices = [{fact.path: fact.device for fact in answer.facts} for answer in (mine, right)]
        assert_true(
            devices[0] == devices[1], "w and b left the device of the arguments: do not create tensors on a fixed one."
        )
        assert_true(not mine.requires_grad, "The result still carries a graph: detach it.")


@points(1, "R", gate=True)
def test_history(submission, reference, draw_for, published):
    """records the loss before each update"""
    if repaired(submission, reference, draw_for, LATE):
        losses = published_run(submission, published, 3)[2]
        assert_close(losses, [2.742157770055097, 1.634931811122577, 1.0068190845226028], what="the published losses")
        agree(submission, reference, "train_repaired", shift(draw_for("shift")) | {"epochs": 0})
