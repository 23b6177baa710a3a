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
HALF = Generic("g-ratio", "Your result is half what is expected: look for a missing factor 2.", brief="half")
THIRD = Generic("g-ratio", "Your result is 0.3 times what is expected: look for a missing constant.", brief="0.3 times")
DTYPE = Generic("g-dtype", "`w` is float32.", structural=True)
STILL = Generic("g-still", "`b` is never updated.", could=("still b",))
TWICE = Generic("g-ratio", "It is twice as large.", brief="twice", could=("factor 1/2", "sum"))
SEVEN = Generic("g-ratio", "It is 7 (= N) times as large.", brief="7 (= N) times", could=("sum",))
MUTATED = Generic("g-mutated", "Your function changed its argument `w`.")
ALIAS = Generic("g-alias", "The result shares memory with `w`; return a clone.")


def diagnosed(named, explained, **more):
    """Return a diagnosis in which each name explains the same failed checks."""
    return Diagnosis(named, frozenset(explained), [frozenset(explained)] * len(named), **more)


@dataclass
class Found:
    kind: str = "R"
    generic: Generic | None = None
    verdict: Verdict = Verdict.WRONG
    message: str = "It is wrong.\nLook closer."
    step: int | None = None
    compared: bool = True
    id: str = "test_it"


RAISED = Found("R", None, Verdict.RAISED, "NameError: name 'x' is not defined\n  line 3")


@pytest.mark.parametrize(
    ("findings", "diagnosis", "names"),
    [
        ([], Diagnosis(), []),
        ([Found()], Diagnosis(), []),
        ([Found("CON", ALIAS)], Diagnosis(), ["g-alias"]),
        ([Found("R", HALF), Found("CON", ALIAS)], Diagnosis(), ["g-ratio"]),
        ([Found("R", HALF), Found("R", THIRD), Found("R", None)], Diagnosis(), []),
        ([Found("R", None), Found("CON", MUTATED)], Diagnosis(), ["g-mutated"]),
        ([Found("R", HALF), Found("CON", MUTATED)], Diagnosis(), ["g-mutated", "g-ratio"]),
        ([Found("R", SHAPE), Found("CON", MUTATED)], Diagnosis(), ["g-shape"]),
        ([Found("CON", MUTATED)], Diagnosis(), ["g-mutated"]),
        ([Found("R", HALF), Found("R", NONE)], Diagnosis(), ["g-none"]),
        ([Found("R", HALF), RAISED], Diagnosis(), []),
        ([Found("R", STILL, step=1), Found("R", None), Found("W", None)], Diagnosis(), ["g-still"]),
        ([Found("R", STILL, step=1), Found("R", None, step=1), Found("R", None, step=2)], Diagnosis(), ["g-still"]),
        ([Found("R", STILL, step=1), Found("R", HALF, step=1), Found("R", THIRD, step=2)], Diagnosis(), []),
        ([Found("W", None, compared=False), Found("CON", DTYPE)], Diagnosis(), ["g-dtype"]),
        ([Found("W", None, compared=False), Found("CON", ALIAS)], Diagnosis(), []),
        ([Found("W", None), Found("CON", DTYPE)], Diagnosis(), []),
        ([Found("R", HALF)], diagnosed([SUM], {0}), ["sum"]),
        (
            [Found("R", HALF), Found("CON", MUTATED)],
            diagnosed([SUM], {0}, changed=True),
            ["g-mutated", "sum"],
        ),
        ([Found("R", HALF), Found("CON", MUTATED)], diagnosed([SUM], {0, 1}), ["sum"]),
        ([Found("R", HALF)], diagnosed([SUM, SIGN], {0}), ["sum", "sign"]),
        ([Found("R", SHAPE)], diagnosed([SUM], {0}), ["sum"]),
        ([Found("R", HALF), Found("R", SHAPE)], diagnosed([SUM], {0}), ["g-shape", "sum"]),
        ([Found("R", HALF), RAISED], diagnosed([SUM, SIGN], {0}), ["g-exception", "sum"]),
        ([Found("R", HALF), Found("EDGE", SHAPE)], diagnosed([SUM], {0}), ["sum"]),
        ([Found("R", HALF), Found("CON", DTYPE)], diagnosed([SUM], {0}, low=True), ["sum", "g-dtype"]),
        ([Found("R", HALF), Found("CON", DTYPE)], diagnosed([SUM], {0}), ["sum"]),
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

    assert alone.says == "Your result is half what is expected: look for a missing factor 2."
    assert everywhere.says == "Your result is half what is expected on every input: look for a missing factor 2."


def test_one_cause_in_different_words():
    """Where one check shows twice and another N times, the sum that both can be is the cause, said in the plainer words."""
    [said] = causes([Found("R", TWICE), Found("R", SEVEN), Found("W", None)], Diagnosis(), {})

    assert said.says == "It is 7 (= N) times as large."


def test_a_place_is_told_where_it_is_known():
    """Of two checks that show the same, the one that knows the step speaks."""
    placed = Generic("g-nonfinite", "NaN appears in epoch 3.", could=("g-nonfinite",))
    somewhere = Generic("g-nonfinite", "The result has NaN.", could=("g-nonfinite",))
    [said] = causes([Found("W", somewhere), Found("R", placed, step=3)], Diagnosis(), {})

    assert said.says == "NaN appears in epoch 3."


def test_hints_say_that_they_are_none():
    """A resemblance says itself that it is not certain."""
    assert hint([], Diagnosis(), SAYS) == ""
    assert (
        hint([], Diagnosis(like=SIGN), SAYS) == "This looks a little like a known mistake, but not exactly: Subtract."
    )


def test_what_explains_a_corner_is_not_the_cause():
    """A mistake that fits one failed comparison of four is a hint; the others are told by their numbers."""
    findings = [Found("R", HALF), Found("R", HALF), Found("R", THIRD), Found("R", HALF)]
    found = diagnosed([SUM], {2}, unexplained=frozenset({0, 1, 3}))

    assert [one.says for one in causes(findings, found, SAYS)] == [HALF.says]
    assert hint(findings, found, SAYS) == (
        "One failed check shows a known mistake, which does not explain the others: Divide."
    )


# ---------------------------------------------------------------- traces


def forward(p):
    return 3 * p


def loss_fn(e):
    return e**2


def grad_fn(_p, e):
    return 6 * e


P, Q = torch.tensor(0.5, dtype=torch.float64), torch.tensor(0.2, dtype=torch.float64)
CASE = {"params": P, "lr": 0.1, "forward": forward, "loss_fn": loss_fn, "grad_fn": grad_fn}
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
        ([RIGHT[0], RIGHT[0]], "After 1 call comes `forward`, where `loss_fn` is due (its call 1)."),
        ([*RIGHT[:3], ("loss_fn", (3 * P,))], "After 3 calls comes `loss_fn`, where `forward` is due (its call 2)."),
        (RIGHT[:2], "`grad_fn` is never called."),
        (RIGHT[:3], "After 3 calls nothing more is called, where `forward` is expected."),
        ([*RIGHT, ("forward", (P,))], "`forward` is called once more than needed."),
        (RIGHT, "All functions get the right values, so look at what is recorded, at the last update and at what is returned."),
    ],
)  # fmt: skip
def test_first_wrong_quantity(mine, says):
    """From what a loop hands to its functions one reads whether the prediction, the start or an update is wrong first."""
    assert first_wrong_quantity(Answer(trace=mine), Answer(trace=RIGHT), CASE) == says


def test_without_updates_none_is_blamed():
    """Where nothing is learnt there is no last update to look at."""
    told = first_wrong_quantity(Answer(trace=RIGHT), Answer(trace=RIGHT), {"x": P})

    assert told == "All functions get the right values, so look at what is made of their results."


def test_functions_without_a_loop():
    """Where nothing is trained there is no update that could go wrong: the calls themselves are told."""
    case = {"f": forward, "x": P}

    assert first_wrong_quantity(Answer(trace=[("forward", (Q,))]), Answer(trace=RIGHT[:1]), case) == (
        "The calls differ: argument 1 of `forward` in its call 1 is 0.2, expected 0.5."
    )


def test_no_functions():
    """Where no function was passed, or only one that gets no tensors, there is nothing to tell."""
    assert first_wrong_quantity(Answer(), Answer(), {}) == ""
    rates = [("schedule", (0,)), ("schedule", (1,))]
    assert first_wrong_quantity(Answer(trace=rates), Answer(trace=rates), {}) == ""
