"""What a wrong number has to do with the right one is said in one sentence, or not at all."""

import time

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.compare import FLOAT64, compare
from grader.relations import NEAR_FLOAT32, factor_name, generic_fault

COUNTS = {"N": 7.0, "lr": 0.1, "epochs": 1.0}
W = torch.tensor([[1.0, 2.5], [-3.0, 4.25], [0.5, 7.0]], dtype=torch.float64)
X = torch.tensor([[1.0, 2.5], [-3.0, 4.25]], dtype=torch.float64)
FINITE = "The result has NaN or infinity where finite values are expected"
V = torch.tensor([1.0, 2.5, -3.0, 4.25, 6.0], dtype=torch.float64)


def fault(got, expected, counts=COUNTS, **more):
    """Return (name, sentence) of the generic fault."""
    difference = compare(got, expected, FLOAT64).difference
    found = generic_fault(got, expected, difference, counts, **more)
    return None if found is None else (found.name, found.says)


SUM, MEAN = "a sum that should be an average", "a division by the number of samples too many"


def ratio(text, remedy="a missing constant"):
    return ("g-ratio", f"Your result is {text} what is expected: look for {remedy}.")


@pytest.mark.parametrize(
    ("got", "expected", "sentence"),
    [
        (None, X, ("g-none", "The function returned None: is a return missing?")),
        (X[0], X, ("g-shape", "Expected shape [2, 2], got [2].")),
        ({"W": X[0]}, {"W": X}, ("g-shape", "Expected shape [2, 2] of `W`, got [2].")),
        (V.reshape(5, 1), V, ("g-shape", "Expected shape [5], got [5, 1]: the values are right.")),
        (
            W.T,
            W,
            (
                "g-transposed",
                "Expected shape [3, 2], got [2, 3]: the values are right but rows and columns are exchanged.",
            ),
        ),
        (
            V.reshape(5, 1) - V,
            V.reshape(5, 1),
            ("g-shape", "Expected shape [5, 1], got [5, 5]: a column [5, 1] and a row [5] were broadcast."),
        ),
        ([1.0], V, ("g-type", "Return a Tensor, not a list.")),
        (V.tolist(), V, ("g-type", "Return a Tensor, not a list: the values themselves are right.")),
        (V.tolist()[:-1], V.tolist(), ("g-length", "The result lacks its last entry: the others are right.")),
        (
            [0.0, *V.tolist()],
            V.tolist(),
            ("g-length", "The result has its first entry too many: the others are right."),
        ),
        ([1.0, 2.0], V.tolist(), None),
        (X * float("nan"), X, ("g-nonfinite", f"{FINITE}: all entries.")),
        ([1.0, 2.0, float("inf"), float("nan")], [1.0, 2.0, 3.0, 4.0], ("g-nonfinite", f"{FINITE}: from entry 2 on.")),
        ({"W": X / torch.tensor([1.0, 0.0])}, {"W": X}, ("g-nonfinite", f"{FINITE}: 2 of 4 entries of `W`.")),
        (2 * X, X, ratio("twice", "a factor 2 too many")),
        (X / 2, X, ratio("half", "a missing factor 2")),
        (7 * X, X, ratio("7 (= N) times", SUM)),
        (X / 7, X, ratio("0.142857 (= 1/N) times", MEAN)),
        (X / 10, X, ratio("0.1 (= lr) times")),
        (10 * X, X, ratio("10 (= 1/lr) times", "the learning rate, which is missing")),
        (-2 * X, X, ratio("-2 times")),
        (7 * X / 6, X, ratio("1.16667 (= N/(N-1)) times", "a division by N - 1")),
        (
            -X,
            X,
            (
                "g-negated",
                "Your result is the negative of what is expected: is a difference taken the wrong way round?",
            ),
        ),
        ({"a": 3 * V, "b": 3 * X}, {"a": V, "b": X}, ratio("3 times")),
        ([2.0, 4.0], [1.0, 2.0], ratio("twice", "a factor 2 too many")),
        (3.0, 1.5, ratio("twice", "a factor 2 too many")),
        (X.T.contiguous(), X, ("g-transposed", "The values are right but rows and columns are exchanged.")),
        ((2.0, 1.0), (1.0, 2.0), ("g-swapped", "The returned values are right but in the wrong order.")),
        ((V, X), (X, V), ("g-swapped", "The returned values are right but in the wrong order.")),
        (([1.0, 2.0], V), (V, [1.0, 2.0]), ("g-swapped", "The returned values are right but in the wrong order.")),
        (torch.tensor([[2.0]]), torch.tensor(2.0), ("g-shape", "Expected shape [], got [1, 1].")),
        (V.flip(0), V, ("g-swapped", "The values are right but in the wrong order.")),
        (
            V.roll(1),
            V,
            (
                "g-shifted",
                "The values are right but shifted by one step: the first expected value comes second in yours.",
            ),
        ),
        (
            V.roll(-1).tolist(),
            V.tolist(),
            ("g-shifted", "The values are right but shifted by one step: yours begin with the second expected value."),
        ),
        ([0.0, 1.0, 1.0], [0.0, 0.0, 1.0], None),  # moved by one, and also just one wrong entry
        (W.flip(0), W, ("g-swapped", "The values are right but the rows are in the wrong order.")),
        (
            {"a": W.flip(0), "b": V},
            {"a": W, "b": V},
            ("g-swapped", "The values of `a` are right but the rows are in the wrong order."),
        ),
        (
            {"a": 2 * X, "b": X},
            {"a": X, "b": 2 * X},
            ("g-swapped", "The returned values are right but in the wrong order. `a` and `b` changed places."),
        ),
        ((X, V, 2 * X), (2 * X, V, X), ("g-swapped", "The returned values are right but in the wrong order.")),
        (
            {"a": 2 * V, "b": X},
            {"a": V, "b": X},
            ("g-ratio", "Your `a` is twice what is expected: look for a factor 2 too many."),
        ),
        (X + 1, X, ("g-offset", "Your result is 1 too large everywhere: look for a missing or an extra term.")),
        (
            X - 0.1,
            X,
            ("g-offset", "Your result is 0.1 (= lr) too small everywhere: look for a missing or an extra term."),
        ),
        (
            (X / 3).float().double() * 3,
            X,
            (
                "g-digits",
                "The values are right to about six digits only: is a part float32, a number rounded, or a small constant added?",
            ),
        ),
        (
            (X / 3).float().double(),
            X / 3,
            (
                "g-dtype",
                "The values are right to about six digits only, as if a part were float32: create tensors from the input's dtype.",
            ),
        ),
        ([3.0, 6.0], [4.0, 8.0], None),
        (
            [(3 * X[0, 0].item(), 3 * n) for n in (1.5, 2.5, 4.0)],
            [(X[0, 0].item(), n) for n in (1.5, 2.5, 4.0)],
            ("g-ratio", "Your result is 3 times what is expected: look for a missing constant."),
        ),
        (7.3, 2.1, None),
        (4, 2, None),
        ([3, 3, 4], [4, 3, 3], ("g-swapped", "The values are right but in the wrong order.")),
        (
            [2, 3, 4],
            [1, 2, 3],
            ("g-offset", "Your result is 1 too large everywhere: look for a missing or an extra term."),
        ),
        ([0.9, 0.9], [0.0, 0.0], None),
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


def test_parts_have_the_names_of_the_reference():
    """In a tuple, only what differs is spoken of, by the name that the reference gives it."""
    found = fault((V, X.T.contiguous(), [1.0]), (V, X, [1.0]), names=("w", "W2", "losses"))

    assert found == ("g-transposed", "The values of `W2` are right but rows and columns are exchanged.")


def test_float32_answers_have_relations_too():
    """With the tolerance of float32 a factor is found in spite of the rounding."""
    assert ratio("twice", "a factor 2 too many") == fault((2 * X).float() * (1 + 1e-6), X, near=NEAR_FLOAT32)


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (14.0, "14 (= 2·N) times"), (3.5, "3.5 (= N/2) times"), (2 / 7, "0.285714 (= 2/N) times"),
        (1 / 14, "0.0714286 (= 1/(2·N)) times"), (13.0, "13 times"),
    ],
)  # fmt: skip
def test_factors_have_names(factor, words):
    """A factor that is a count of the call, its inverse, or twice or half of these is called so."""
    assert factor_name(factor, COUNTS) == words


def test_two_may_be_the_number_of_samples():
    """A factor of 2 or a half leaves two causes open where there are two samples: both are said."""
    counts = {"N": 2.0, "lr": 0.1}

    told = ratio("0.333333 (= 1/len(params)) times", "a division by `len(params)` too many")
    assert fault(X / 3, X, {"len(params)": 3.0}) == told
    assert fault(2 * X, X, counts) == ratio("twice", f"a factor 2 too many, or for {SUM} (`N` is 2)")
    assert fault(X / 2, X, counts) == ratio("half", f"a missing factor 2, or for {MEAN} (`N` is 2)")


def test_one_part_shows_what_the_others_hide():
    """Where the wrong parts have no factor in common, one of them may have it: the gradient without a penalty."""
    got, right = {"grad_w": 7 * X + 1 / X, "grad_b": 7 * V}, {"grad_w": X + 1 / X, "grad_b": V}

    assert fault(got, right) == ("g-ratio", f"Your `grad_b` is 7 (= N) times what is expected: look for {SUM}.")


def test_many_wrong_entries_have_one_name():
    """Where all entries of a list are wrong in the same way, the list is named, not each of them."""
    right = ([(1.5, 2.5), (3.5, 4.5), (5.5, 6.5)], X)
    got = ([(3.0, 5.0), (7.0, 9.0), (11.0, 13.0)], X)

    assert fault(got, right, names=("history", "w")) == (
        "g-ratio",
        "Your `history` is twice what is expected: look for a factor 2 too many.",
    )


def test_a_factor_must_hold_everywhere():
    """One entry that does not fit is enough to say nothing."""
    got = 2 * V
    got[3] += 0.01

    assert fault(got, V) is None


def test_small_entries_do_not_decide():
    """Entries that are rounding beside the others are left out of the factor."""
    expected = torch.tensor([1.0, 1e-12, 2.0], dtype=torch.float64)

    assert ratio("twice", "a factor 2 too many") == fault(
        torch.tensor([2.0, 5e-12, 4.0], dtype=torch.float64), expected
    )


@pytest.mark.parametrize("got", [V.to(torch.complex128) * 3j, X.to(torch.complex64) + 1, V > 0, torch.zeros(0)])
def test_unusual_tensors(got):
    """Complex, boolean and empty tensors have no relation, and are no obstacle."""
    expected = X if got.shape == X.shape else V

    assert fault(got, expected) is None or fault(got, expected)[0] in ("g-shape", "g-swapped", "g-type")


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.floats(0.01, 100), st.sampled_from([1, -1]))
def test_factors(size, sign):
    """Any factor is found, unless it is 1."""
    factor = sign * size
    if abs(factor - 1) < 1e-5:
        return
    name, says = fault(factor * V, V, {})

    assert ("g-negated" if abs(factor + 1) < 1e-6 else "g-ratio") == name
    assert name == "g-negated" or any(word in says for word in (f"{factor:.6g} times", "half", "twice"))


def test_large_tensors_are_related_quickly():
    """The time grows with the number of entries, not with its square."""
    large = torch.arange(1.0, 5_001.0, dtype=torch.float64)
    started = time.process_time()

    assert ratio("twice", "a factor 2 too many") == fault(2 * large, large)
    assert time.process_time() - started < 1
