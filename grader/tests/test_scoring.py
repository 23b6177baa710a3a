"""Points: every exercise sums to its worth exactly, nothing is earned past the gate, and no fault of ours costs any."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.results import Verdict
from grader.scoring import GROUP_OF, Scored, exercise_verdict, gates_of, share_out

PASSED, WRONG, SKIPPED, BROKEN = Verdict.PASSED, Verdict.WRONG, Verdict.SKIPPED, Verdict.BROKEN
GATE = "Nothing is earned yet: no comparison with the reference on fresh inputs passes."
BANNED = "Nothing is earned in this exercise because it used something that is not allowed here."


def check(kind, verdict=PASSED, weight=1, gate=False):
    return Scored(kind, Fraction(weight), verdict, gate)


def earned(points, *checks):
    return [share.earned for share in share_out(Fraction(points), checks)[0]]


def possible(points, *checks):
    return [share.possible for share in share_out(Fraction(points), checks)[0]]


def test_groups():
    """Values share 50 %, properties 20 %, edges 20 % and the contract 10 %; within a group the weights decide."""
    checks = [check("W"), check("R", weight=4), check("INV"), check("EDGE", weight=3), check("EDGE"), check("CON")]

    assert [1, 4, 2, Fraction(3, 2), Fraction(1, 2), 1] == possible(10, *checks)
    assert possible(10, *checks) == earned(10, *checks)


def test_missing_groups_leave_their_share():
    """What a missing group would get goes to the others in proportion."""
    assert possible(6, check("R"), check("CON")) == [5, 1]
    assert possible(6, check("INV")) == [6]


@pytest.mark.parametrize("verdict", [SKIPPED, BROKEN])
def test_skipped_and_broken_cost_nothing(verdict):
    """A check that could not run leaves its points to the others."""
    assert earned(10, check("R"), check("EDGE", verdict)) == [10, 0]
    assert earned(10, check("R"), check("W", verdict), check("R")) == [5, 0, 5]
    assert (earned(10, check("R", verdict), check("W", verdict)), possible(10, *[check("R", verdict)] * 2)) == (
        [0, 0],
        [0, 0],
    )


@pytest.mark.parametrize("verdict", [one for one in Verdict if one not in (PASSED, SKIPPED, BROKEN)])
def test_every_other_verdict_costs_its_points(verdict):
    """A check that ended in any other way earns nothing and still counts."""
    shares, _ = share_out(Fraction(10), [check("R"), check("EDGE", verdict)])

    assert [Fraction(50, 7), Fraction(20, 7)] == [share.possible for share in shares]
    assert shares[1].earned == 0


def test_gate():
    """Nothing is earned unless a comparison with the reference passes; one is enough."""
    rest = [check("W"), check("INV"), check("EDGE"), check("CON")]

    assert (earned(10, check("R", WRONG), *rest), share_out(Fraction(10), [check("R", WRONG), *rest])[1]) == (
        [0] * 5,
        GATE,
    )
    shares, note = share_out(Fraction(10), [check("R", WRONG), check("R"), *rest])
    assert ("", Fraction(25, 3)) == (note, sum(share.earned for share in shares))


def test_marked_gate():
    """A check marked as gate takes the place of the comparisons."""
    assert earned(4, check("W", WRONG, gate=True), check("R")) == [0, 0]
    assert earned(4, check("W", gate=True), check("R", WRONG)) == [2, 0]
    assert earned(4, check("W", gate=True), check("W", WRONG, gate=True)) == [2, 0]


def test_no_gate():
    """Without a comparison and without a mark there is no gate."""
    assert earned(10, check("INV"), check("INV", WRONG)) == [5, 0]


def test_a_forbidden_call_earns_nothing():
    """Whoever uses what the exercise forbids earns nothing in it."""
    shares, note = share_out(Fraction(10), [check("R"), check("W", Verdict.FORBIDDEN)])

    assert ([one.earned for one in shares], [one.possible for one in shares], note) == ([0, 0], [5, 5], BANNED)


def test_no_note_where_nothing_passed():
    """The gate is not mentioned where it took nothing away."""
    assert share_out(Fraction(10), [check("R", WRONG), check("W", WRONG)])[1] == ""


CHECKS = st.lists(
    st.builds(
        Scored,
        st.sampled_from(sorted(GROUP_OF)),
        st.fractions(Fraction(1, 20), 9, max_denominator=20),
        st.sampled_from(Verdict),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@settings(derandomize=True, deadline=None)
@given(st.integers(0, 20), CHECKS)
def test_points_sum_exactly(points, checks):
    """The shares sum to the points of the exercise exactly, no share is negative, none is exceeded."""
    shares, _ = share_out(Fraction(points), checks)
    counted = [one for one in checks if one.verdict not in (SKIPPED, BROKEN)]
    gates = gates_of(checks)
    judged = counted and not (gates and all(one.verdict in (SKIPPED, BROKEN) for one in gates))

    assert (points if judged else 0) == sum(share.possible for share in shares)
    assert all(0 <= share.earned <= share.possible for share in shares)
    assert all(share.earned == 0 for share, one in zip(shares, checks, strict=True) if one.verdict is not PASSED)


@settings(derandomize=True, deadline=None)
@given(st.integers(1, 20), CHECKS)
def test_full_marks_if_nothing_fails(points, checks):
    """Full marks are reached exactly when every check that counts passed."""
    shares, _ = share_out(Fraction(points), checks)
    verdicts = {one.verdict for one in checks} - {SKIPPED, BROKEN}
    gates = gates_of(checks)
    judged = not (gates and all(one.verdict in (SKIPPED, BROKEN) for one in gates))

    assert (judged and verdicts == {PASSED}) == (sum(share.earned for share in shares) == points)


@settings(derandomize=True, deadline=None)
@given(st.integers(1, 20), CHECKS, st.integers(0, 11))
def test_passing_a_check_never_costs(points, checks, position):
    """A program that passes one check more never earns less."""
    index = position % len(checks)
    if checks[index].verdict in (SKIPPED, BROKEN):
        return
    better = [
        *checks[:index],
        Scored(checks[index].kind, checks[index].weight, PASSED, checks[index].gate),
        *checks[index + 1 :],
    ]

    assert sum(earned(points, *better)) >= sum(earned(points, *checks))


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([PASSED, PASSED], PASSED),
        ([PASSED, SKIPPED], PASSED),
        ([SKIPPED], SKIPPED),
        ([], SKIPPED),
        ([PASSED, WRONG, Verdict.RAISED], WRONG),
        ([Verdict.TIMED_OUT, WRONG], Verdict.TIMED_OUT),
        ([WRONG, Verdict.FORBIDDEN], Verdict.FORBIDDEN),
        ([BROKEN, WRONG], WRONG),
        ([PASSED, BROKEN], BROKEN),
        ([Verdict.NOT_ATTEMPTED, Verdict.NOT_ATTEMPTED], Verdict.NOT_ATTEMPTED),
        ([Verdict.NOT_ATTEMPTED, WRONG], WRONG),
    ],
)
def test_exercise_verdict(verdicts, expected):
    """An exercise ends as its first failing check; a fault of ours is named only when nothing else is to blame."""
    assert expected == exercise_verdict(verdicts)
