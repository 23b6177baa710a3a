"""What is said first: structure before names, names before what the numbers show, and never more than two."""

from dataclasses import dataclass

import pytest
import torch

from grader.calls import Answer
from grader.diagnosis import Diagnosis
from grader.faults import Generic
from grader.feedback import causes, hint
from grader.mistakes import Mistake
from grader.results import Verdict
from grader.testing.trace import first_wrong_quantity

SUM, SIGN = (Mistake(name, exercise="ex1", says=name) for name in ("sum", "sign"))
SAYS = {"sum": "Divide.", "sign": "Subtract."}
SHAPE = Generic("g-shape", "Expected shape [2], got [3].", structural=True)
NONE = Generic("g-none", "The function returned None: is a return missing?", structural=True)
HALF = Generic("g-ratio", "Your result is half the expected one: look for a missing constant.", brief="half")
THIRD = Generic("g-ratio", "Your result is 0.3 times the expected one: look for a missing constant.", brief="0.3 times")
DTYPE = Generic("g-dtype", "`w` is float32.", structural=True)
ALIAS = Generic("g-alias", "The result shares memory with `w`; return a clone.")


@dataclass
class Found:
    kind: str = "R"
    generic: Generic | None = None
    verdict: Verdict = Verdict.WRONG
    message: str = "It is wrong.\nLook closer."


RAISED = Found("R", None, Verdict.RAISED, "NameError: name 'x' is not defined\n  line 3")


@pytest.mark.parametrize(
    ("findings", "diagnosis", "names"),
    [
        ([], Diagnosis(), []),
        ([Found()], Diagnosis(), []),
        ([Found("CON", ALIAS)], Diagnosis(), ["g-alias"]),
        ([Found("R", HALF), Found("CON", ALIAS)], Diagnosis(), ["g-ratio"]),
        ([Found("R", HALF), Found("R", THIRD), Found("R", None)], Diagnosis(), []),
        ([Found("R", HALF), Found("R", NONE)], Diagnosis(), ["g-none"]),
        ([Found("R", HALF), RAISED], Diagnosis(), []),
        ([Found("R", HALF)], Diagnosis([SUM], frozenset({0})), ["sum"]),
        ([Found("R", HALF)], Diagnosis([SUM, SIGN], frozenset({0})), ["sum", "sign"]),
        ([Found("R", SHAPE)], Diagnosis([SUM], frozenset({0})), ["sum"]),
        ([Found("R", HALF), Found("R", SHAPE)], Diagnosis([SUM], frozenset({0})), ["g-shape", "sum"]),
        ([Found("R", HALF), RAISED], Diagnosis([SUM, SIGN], frozenset({0})), ["g-exception", "sum"]),
        ([Found("R", HALF), Found("EDGE", SHAPE)], Diagnosis([SUM], frozenset({0})), ["sum"]),
        ([Found("R", HALF), Found("CON", DTYPE)], Diagnosis([SUM], frozenset({0}), low=True), ["sum", "g-dtype"]),
        ([Found("R", HALF), Found("CON", DTYPE)], Diagnosis([SUM], frozenset({0})), ["sum"]),
        ([Found("R", None, Verdict.PASSED), Found("EDGE", NONE)], Diagnosis(), ["g-none"]),
    ],
)
def test_order(findings, diagnosis, names):
    """Structure in a comparison that no mistake explains comes first, then names, then relations that most show."""
    assert [one.name for one in causes(findings, diagnosis, SAYS)] == names


def test_what_every_comparison_shows():
    """A factor that all comparisons show is said to hold on every input."""
    [alone] = causes([Found("R", HALF)], Diagnosis(), {})
    [everywhere] = causes([Found("R", HALF), Found("W", HALF)], Diagnosis(), {})

    assert alone.says == "Your result is half the expected one: look for a missing constant."
    assert everywhere.says == "Your result is half the expected one on every input: look for a missing constant."


def test_hints_say_that_they_are_none():
    """A resemblance says itself that it is not certain."""
    assert hint(Diagnosis(), SAYS) == ""
    assert hint(Diagnosis(like=SIGN), SAYS) == "This looks a little like a known mistake, but not exactly: Subtract."


# ---------------------------------------------------------------- traces


def forward(p):
    return 3 * p


def loss_fn(e):
    return e**2


def grad_fn(_p, e):
    return 6 * e


P, Q = torch.tensor(0.5, dtype=torch.float64), torch.tensor(0.2, dtype=torch.float64)
CASE = {"params": P, "forward": forward, "loss_fn": loss_fn, "grad_fn": grad_fn}
RIGHT = [("forward", (P,)), ("loss_fn", (3 * P,)), ("grad_fn", (P, 3 * P)), ("forward", (Q,)), ("loss_fn", (3 * Q,))]


@pytest.mark.parametrize(
    ("mine", "says"),
    [
        ([*RIGHT[:3], ("forward", (P,))], "The update goes wrong first: argument 1 of `forward` in its call 2 is 0.5, expected 0.2."),
        ([("forward", (Q,))], "The start is wrong already: argument 1 of `forward` in its call 1 is 0.2, expected 0.5."),
        (
            [RIGHT[0], ("loss_fn", (P,))],
            "The prediction goes wrong first, it is not what `forward` returned: argument 1 of `loss_fn` in its call 1 is 0.5, expected 1.5.",
        ),
        ([*RIGHT[:3], ("loss_fn", (3 * P,))], "After 3 calls comes `loss_fn`, where `forward` is due (its call 2)."),
        (RIGHT[:2], "After 2 calls nothing more is called, where `grad_fn` is expected."),
        ([*RIGHT, ("forward", (P,))], "`forward` is called once more than needed."),
        (RIGHT, "All functions get the right values, so look at what is recorded, at the last update and at what is returned."),
    ],
)  # fmt: skip
def test_first_wrong_quantity(mine, says):
    """From what a loop hands to its functions one reads whether the prediction, the start or an update is wrong first."""
    assert first_wrong_quantity(Answer(trace=mine), Answer(trace=RIGHT), CASE) == says


def test_no_functions():
    """Where no function was passed there is nothing to tell."""
    assert first_wrong_quantity(Answer(), Answer(), {}) == ""
