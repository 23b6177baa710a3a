"""Where two runs part first: the epoch, the batch, and what the wrong step has to do with the right one."""

import math

import pytest
import torch

from grader.calls import StudentError
from grader.compare import Mismatch
from grader.results import Verdict
from grader.testing import agree
from grader.tests.fakes import pretend_program

X = torch.tensor([[0.4], [-1.3], [2.2], [0.7], [1.9]], dtype=torch.float64)
Y = torch.tensor([[1.1], [0.2], [-0.6], [2.3], [0.5]], dtype=torch.float64)
CASE = {
    "X": X, "y": Y, "w": torch.full((1, 1), 0.3, dtype=torch.float64), "b": torch.full((1,), -0.2, dtype=torch.float64),
    "lr": 0.1, "epochs": 4, "batch_size": 2,
}  # fmt: skip


def loop(
    *,
    scale=1.0,
    scale_b=1.0,
    drop=False,
    more=0,
    after=False,
    stale=False,
    broken_at=None,
    in_turn=False,
    spoiled_at=None,
):
    """Return a training loop with a fault."""

    def train(X, y, w, b, lr, epochs, batch_size):
        losses = []
        old = X @ w + b
        for epoch in range(epochs + more):
            if not after:
                losses.append(float(((X @ w + b - y) ** 2).mean()))
            for start in range(0, len(X), batch_size):
                rows = slice(start, start + batch_size)
                if drop and len(X[rows]) < batch_size:
                    continue
                error = (old if stale else X @ w + b)[rows] - y[rows]
                w = w - lr * scale * 2 / len(X[rows]) * X[rows].T @ error
                if in_turn:
                    error = X[rows] @ w + b - y[rows]
                b = b - lr * scale * scale_b * 2 * error.mean(0)
            if after:
                losses.append(float(((X @ w + b - y) ** 2).mean()))
            if epoch == broken_at:
                w = w + 0.123
            if epoch == spoiled_at:
                w = w * math.nan
        return w, b, losses

    return train


def said(fault, **changes):
    """Return the lines about a faulty loop."""
    reference = pretend_program(train=loop())
    reference._outputs["train"] = ("w", "b", "losses")
    with pytest.raises(Mismatch) as raised:
        agree(pretend_program(train=fault), reference, "train", {**CASE, **changes}, steps="epochs")
    return raised.value.message.splitlines(), raised.value


def test_right_loops_are_right():
    """A right loop is accepted, and nothing is looked for."""
    submission, reference = pretend_program(train=loop()), pretend_program(train=loop())
    agree(submission, reference, "train", CASE, steps="epochs")

    assert len(submission._callee.calls) == 1


@pytest.mark.parametrize(
    ("fault", "head", "name"),
    [
        ({"scale": 0.5}, "epoch 1, batch 1 of 3: `w[0, 0]` is 0.2696, expected 0.2391 (its step is half the right one).", "g-ratio"),
        ({"scale": -1.0}, "epoch 1, batch 1 of 3: `w[0, 0]` is 0.3609, expected 0.2391 (its step is reversed).", "g-negated"),
        ({"scale": 2.0}, "epoch 1, batch 1 of 3: `w[0, 0]` is 0.1782, expected 0.2391 (its step is twice the right one).", "g-ratio"),
        ({"scale_b": 0.0}, "epoch 1, batch 1 of 3: `b[0]` is -0.2, expected -0.01151.", "g-still"),
        ({"drop": True}, "epoch 1, batch 3 of 3, the last and shorter one: `w[0, 0]` is 0.0321, expected 0.1756.", "g-still"),
        ({"more": 1}, "epochs = 0: `w[0, 0]` is 0.1756, expected 0.3.", "g-epochs"),
        ({"more": -1}, "epoch 1: `w[0, 0]` is 0.3, expected 0.1756.", "g-epochs"),
        ({"broken_at": 2}, "epoch 3, batch 1 of 3: `w[0, 0]` is 0.2391, expected 0.2391.", None),
    ],
    ids=str,
)  # fmt: skip
def test_headline(fault, head, name):
    """The first line names the epoch, the batch, the part, both values, and a simple relation of the steps."""
    lines, raised = said(loop(**fault))

    if name is not None:
        [line] = [line for line in lines if line.partition(":")[0] == head.partition(":")[0]]
        assert lines.index(line) == (1 if name == "g-epochs" else 0)
        assert raised.generic.name == name
        assert ("(" in line) == ("(" in head)
    assert raised.step == {"more": 0 if fault.get("more") == 1 else 1, "broken_at": 3}.get(next(iter(fault)), 1)


def test_a_loop_that_goes_wrong_in_the_middle():
    """The first wrong epoch is found among many."""
    lines, raised = said(loop(broken_at=40), epochs=64)

    assert lines[0].startswith("epoch 41: `w[0, 0]` is ")
    assert raised.step == 41


def test_something_is_kept():
    """Where the epoch goes right when it is begun anew, an earlier epoch has left something behind."""
    lines, raised = said(loop(stale=True), batch_size=5)

    assert lines[0].startswith("epoch 2: `w[0, 0]` is ")
    assert (
        lines[1]
        == raised.generic.says
        == ("Your epoch 2 repeats the step from epoch 1: compute predictions and gradients anew in every epoch.")
    )


def test_something_else_is_kept():
    """Where the later epoch is wrong in another way, it is told that it depends on the earlier one."""
    lines, raised = said(loop(broken_at=1), batch_size=5)

    assert lines[0].startswith("epoch 2: `w[0, 0]` is ")
    assert (
        lines[1]
        == raised.generic.says
        == (
            "Your epoch 2 goes right when it is begun anew: look at what it takes over from an earlier epoch, or at what depends "
            "on the number of the epoch."
        )
    )


@pytest.mark.parametrize("size", [2, 5])
def test_one_after_the_other(size):
    """A gradient that was computed after another parameter had moved is recognised."""
    _, raised = said(loop(in_turn=True), batch_size=size)

    assert raised.generic.says == (
        "You update `w` and then compute the gradient of `b` with it: compute all gradients first."
    )


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"scale_b": 0.0}, "`b` is never updated: look for its own step."),
        ({"drop": True}, "The last, shorter batch is left out: `w` and `b` do not move there."),
        ({"scale": 0.5, "scale_b": -2.0}, "Two things are wrong: the step of `w` is half what it should be and the step of `b` goes uphill in epoch 1, batch 1."),
        ({"scale": 2.0, "scale_b": 0.0}, "Two things are wrong: the step of `w` is twice what it should be and `b` does not move in epoch 1, batch 1."),
        ({"scale": -1.0}, "The step of `w` and `b` in epoch 1, batch 1 goes uphill, in the opposite direction: look at the signs of gradient and update."),
        ({"scale": 2.0}, "The step of `w` and `b` in epoch 1, batch 1 is twice what it should be: look for a factor 2 too many, or for a sum that should be an average (`batch_size` is 2)."),
        ({"more": 1}, "These are the numbers after 5 epochs, not 4: the loop runs one epoch too many."),
        ({"spoiled_at": 2}, "NaN or infinity appears in epoch 3, where finite values are expected: `w[0, 0]`."),
    ],
    ids=str,
)  # fmt: skip
def test_causes(fault, says):
    """What is wrong with a step is said in one sentence that names the parameter."""
    _, raised = said(loop(**fault))

    assert raised.generic.says == says


def test_a_wrong_start():
    """A result that is wrong without a step is wrong outside of the loop."""

    def train(X, y, w, b, lr, epochs, batch_size):
        return loop()(X, y, w + 0.5, b, lr, epochs, batch_size)

    _, raised = said(train)

    assert raised.generic.says == (
        "The result is wrong without any epoch already (epochs = 0): look at the start, and at what stands outside of the loop."
    )


def test_other_numbers_at_every_call():
    """A function that keeps something from call to call gives other numbers when it is asked again."""
    kept = []

    def train(X, y, w, b, lr, epochs, batch_size):
        w, b, losses = loop()(X, y, w, b, lr, epochs, batch_size)
        kept.extend(losses)
        return w, b, kept[:]

    kept.append(0.25)
    lines, raised = said(train)

    assert raised.generic.name == "g-unsteady"
    assert lines[1] == (
        "Called again with the same arguments, your function gives other numbers: does it draw random numbers of its own, "
        "or keep something from call to call?"
    )


def test_too_few_values():
    """Who returns two of three values is told which there are."""
    lines, _ = said(lambda *case: loop()(*case)[:2])

    assert lines == ["Return 3 values (`w`, `b` and `losses`), not 2."]


def test_steps_of_a_call():
    """A call that makes all steps at once shows what is not updated, by what it was given."""

    def epoch(X, y, w, b, lr):
        return loop()(X, y, w, b, lr, 1, 2)[:2]

    def without_bias(X, y, w, b, lr):
        return epoch(X, y, w, b, lr)[0], b

    case = {name: CASE[name] for name in ("X", "y", "w", "b", "lr")}
    reference = pretend_program(f=epoch)
    reference._outputs["f"] = ("w", "b")
    with pytest.raises(Mismatch) as raised:
        agree(pretend_program(f=without_bias), reference, "f", case)

    assert raised.value.generic.says == "`b` does not move: look for a step that is missing."


def test_one_epoch_more():
    """A loop that runs once too often is told so, from the numbers alone."""
    lines, _ = said(loop(more=1))

    assert "These are the numbers after 5 epochs, not 4: the loop runs one epoch too many." in lines


def test_the_history_alone():
    """Where everything else is right, the history is to be looked at."""
    lines, _ = said(loop(after=True))

    assert lines[0].startswith("epoch 1: `losses[0]` is ")
    assert "Everything else is right in epoch 1: look at how and when the loss is computed and recorded." in lines


def test_the_loss_is_still_right():
    """Where the loss of the first wrong epoch is right, the gradient or the update is wrong."""
    lines, _ = said(loop(scale=0.7))

    assert (
        "The loss of epoch 1 is still right, and so are its predictions: look at the gradient and the update." in lines
    )


def test_few_samples_show_a_relation():
    """Without batches the first sample alone may show what all together hide."""

    def by_sample(X, y, w, lr, epochs, *, sign=-1.0):
        for _ in range(epochs):
            for x, target in zip(X, y, strict=True):
                w = w + sign * lr * (w * x - target) * x
        return w

    def uphill(X, y, w, lr, epochs):
        return by_sample(X, y, w, lr, epochs, sign=1.0)

    case = {"X": X[:, 0], "y": Y[:, 0], "w": torch.tensor(0.3, dtype=torch.float64), "lr": 0.1, "epochs": 3}
    with pytest.raises(Mismatch) as raised:
        agree(pretend_program(f=uphill), pretend_program(f=by_sample), "f", case, steps="epochs")

    assert raised.value.message.splitlines()[0].startswith("epoch 1, the first sample alone: The result is ")
    assert raised.value.message.splitlines()[0].endswith("(its step is reversed).")


def test_explanations_that_fail_cost_nothing():
    """A submission that raises for other counts is judged by what was asked of it."""

    def picky(X, y, w, b, lr, epochs, batch_size):
        if epochs != 4:
            raise StudentError(Verdict.TIMED_OUT, "too slow")
        return w, b, [math.pi] * 4

    lines, raised = said(picky)

    assert raised.step is None
    assert lines[0].startswith("`w[0, 0]` is 0.3, expected ")


def test_no_explanation_when_none_is_wanted(monkeypatch):
    """Where only the verdict matters, the submission is asked once."""
    from grader.calls import EVIDENCE, Evidence

    token = EVIDENCE.set(Evidence(explain=False))
    submission = pretend_program(train=loop(scale=2.0))
    try:
        with pytest.raises(Mismatch):
            agree(submission, pretend_program(train=loop()), "train", CASE, steps="epochs")
    finally:
        EVIDENCE.reset(token)

    assert len(submission._callee.calls) == 1


def test_a_history_says_nothing_about_batches():
    """Where the parameters are right, the entry of the whole epoch is shown, and its factor is that of the whole data."""
    right = loop(after=True)

    def summed(*arguments):
        w, b, losses = right(*arguments)
        return w, b, [len(X) * one for one in losses]

    with pytest.raises(Mismatch) as raised:
        agree(pretend_program(train=summed), pretend_program(train=right), "train", CASE, steps="epochs")
    first = str(raised.value).splitlines()[0]

    assert first.startswith("epoch 1: ")
    assert "5 (= N) times" in first
