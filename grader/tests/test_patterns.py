"""Which parts and entries are wrong is said in words, with a few values, and nothing is said that is not so."""

import pytest
import torch

from grader.patterns import describe, where_in

A = torch.arange(12.0, dtype=torch.float64).reshape(4, 3)
SERIES = [1.0, 2.0, 3.0, 4.0]


def exactly(_path, _expected):
    return 0.0


def changed(*places):
    """A copy of A with other entries at the given places."""
    copy = A.clone()
    for place in places:
        copy[place] += 10
    return copy


@pytest.mark.parametrize(
    ("places", "says"),
    [
        ([(1, 2)], "Only `w[1, 2]` differs; the other 11 entries are right."),
        ([1], "Only row 1 of `w` differs; the other 3 are right."),
        ([3], "Only the last row of `w` differs; the other 3 are right."),
        ([(slice(None), 0)], "Only column 0 of `w` differs; the other 2 are right."),
        ([2, 3], "Only the last 2 rows of `w` differ; the 2 before are right."),
        ([0, 1], "Only the first 2 rows of `w` differ; the others are right."),
        ([(0, 0), (2, 1)], "2 of 12 entries of `w` differ, first `w[0, 0]`."),
        ([slice(None)], "All 12 entries of `w` differ."),
    ],
)
def test_matrices(places, says):
    """One entry, a row, a column, the end or the beginning of a matrix is called so."""
    assert where_in(changed(*places) != A, "w") == says


@pytest.mark.parametrize(
    ("got", "says"),
    [
        ([9.0, 2.0, 3.0, 4.0], "Only `losses[0]` differs; the other 3 entries are right."),
        ([1.0, 2.0, 9.0, 9.0], "From `losses[2]` on all differ; the 2 before are right. Yours: 9, 9; expected: 3, 4."),
        ([9.0, 2.0, 9.0, 4.0], "2 of 4 entries of `losses` differ, first `losses[0]`. Yours: 9, 9; expected: 1, 3."),
        ([1.0, 2.0, float("nan"), 4.0], "Only `losses[2]` differs; the other 3 entries are right."),
    ],
)
def test_series(got, says):
    """In a history it is said from where on it is wrong."""
    assert describe((A, got), (A, SERIES), exactly, names=("w", "losses")) == [
        "Only `losses` differs; `w` is right.",
        says,
    ]


def test_at_most_five_values():
    """Of many wrong values five are shown, yours beside the expected ones."""
    [line] = describe(A + 1, A, exactly, path="w")

    assert line == "All 12 entries of `w` differ. Yours: 1, 2, 3, 4, 5, …; expected: 0, 1, 2, 3, 4, …."


def test_the_allowed_error_decides():
    """What is within the check's own limit is right here, too."""
    assert describe(A + 1e-3, A, lambda _path, _expected: 1e-2, path="w") == []
    assert describe(A + 1e-3, A, lambda _path, _expected: 1e-4, path="w") != []


@pytest.mark.parametrize(
    ("got", "expected"), [({"a": A}, {"b": A}), (None, A), ("x", A), ({"a": "x"}, {"a": "y"}), (A, A), (A * 1j, A * 1j)]
)
def test_nothing_to_say(got, expected):
    """About equal values, other parts and values that are no numbers nothing is said."""
    assert describe(got, expected, exactly) == []


def test_a_part_of_another_shape():
    """A part of another shape is wrong as a whole; the others are compared."""
    assert describe({"a": A, "b": A[0]}, {"a": A, "b": A}, exactly) == ["Only `b` differs; `a` is right."]
