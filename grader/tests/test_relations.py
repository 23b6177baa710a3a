"""What a wrong number has to do with the right one is said in one sentence, or not at all."""

import time

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.compare import FLOAT64, compare
from grader.relations import generic_fault

COUNTS = {"N": 7.0, "lr": 0.1, "epochs": 1.0}
X = torch.tensor([[1.0, 2.5], [-3.0, 4.25]], dtype=torch.float64)
V = torch.tensor([1.0, 2.5, -3.0, 4.25, 6.0], dtype=torch.float64)


def fault(got, expected, counts=COUNTS):
    """Return (name, sentence) of the generic fault."""
    difference = compare(got, expected, FLOAT64).difference
    found = generic_fault(got, expected, difference, counts)
    return None if found is None else (found.name, found.says)


def ratio(text):
    return ("g-ratio", f"Your result is {text} times the expected one: look for a missing constant.")


@pytest.mark.parametrize(
    ("got", "expected", "sentence"),
    [
        (None, X, ("g-none", "The function returned None: is a return missing?")),
        (X[0], X, ("g-shape", "Expected shape [2, 2], got [2].")),
        ([1.0], V, ("g-type", "Return Tensor, not list.")),
        (X * float("nan"), X, ("g-nonfinite", "The result has NaN or infinity where finite values are expected.")),
        (2 * X, X, ratio("2")),
        (X / 2, X, ratio("0.5")),
        (7 * X, X, ratio("7 (= N)")),
        (X / 7, X, ratio("0.142857 (= 1/N)")),
        (X / 10, X, ratio("0.1 (= lr)")),
        (10 * X, X, ratio("10 (= 1/lr)")),
        (-2 * X, X, ratio("-2")),
        (-X, X, ("g-negated", "Your result is the negative of the expected one.")),
        ({"a": 3 * V, "b": 3 * X}, {"a": V, "b": X}, ratio("3")),
        ([2.0, 4.0], [1.0, 2.0], ratio("2")),
        (3.0, 1.5, ratio("2")),
        (X.T.contiguous(), X, ("g-transposed", "The values are right but rows and columns are exchanged.")),
        ((2.0, 1.0), (1.0, 2.0), ("g-swapped", "The returned values are right but in the wrong order.")),
        (V.flip(0), V, ("g-swapped", "The returned values are right but in the wrong order.")),
        (V.roll(1), V, ("g-shifted", "The values are right but shifted by one step.")),
        (V.roll(-1).tolist(), V.tolist(), ("g-shifted", "The values are right but shifted by one step.")),
        (X + 1, X, None),
        (0 * X, X, None),
        ("b", "a", None),
        ({"a": 1.0}, {"b": 1.0}, None),
    ],
)
def test_sentences(got, expected, sentence):
    """Each relation has its sentence, and without a relation nothing is said."""
    assert sentence == fault(got, expected)


def test_structural_faults_are_marked():
    """Missing returns, shapes and types come before named mistakes; relations between numbers come after."""
    marked = [
        generic_fault(got, X, compare(got, X, FLOAT64).difference, {}).structural for got in (None, X[0], 1.0, 2 * X)
    ]

    assert marked == [True, True, True, False]


def test_a_factor_must_hold_everywhere():
    """One entry that does not fit is enough to say nothing."""
    got = 2 * V
    got[3] += 0.01

    assert fault(got, V) is None


def test_small_entries_do_not_decide():
    """Entries that are rounding beside the others are left out of the factor."""
    expected = torch.tensor([1.0, 1e-12, 2.0], dtype=torch.float64)

    assert ratio("2") == fault(torch.tensor([2.0, 5e-12, 4.0], dtype=torch.float64), expected)


@pytest.mark.parametrize("got", [V.to(torch.complex128) * 3j, X.to(torch.complex64) + 1, V > 0, torch.zeros(0)])
def test_unusual_tensors(got):
    """Complex, boolean and empty tensors have no relation, and are no obstacle."""
    expected = X if got.shape == X.shape else V

    assert fault(got, expected) is None or fault(got, expected)[0] in ("g-shape", "g-swapped")


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.floats(0.01, 100), st.sampled_from([1, -1]))
def test_factors(size, sign):
    """Any factor is found, unless it is 1."""
    factor = sign * size
    if abs(factor - 1) < 1e-5:
        return
    name, says = fault(factor * V, V, {})

    assert ("g-negated" if abs(factor + 1) < 1e-6 else "g-ratio") == name
    assert name == "g-negated" or f"{factor:.6g}" in says


def test_large_tensors_are_related_quickly():
    """The time grows with the number of entries, not with its square."""
    large = torch.arange(1.0, 5_001.0, dtype=torch.float64)
    started = time.process_time()

    assert ratio("2") == fault(2 * large, large)
    assert time.process_time() - started < 1
