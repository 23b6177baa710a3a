"""Points: how the checks of an exercise share them, and the gate. Exact fractions throughout."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from grader.results import Verdict

SHARES: Final = {"values": 50, "properties": 20, "edges": 20, "contract": 10}
GROUP_OF: Final = {
    "W": "values",
    "R": "values",
    "FD": "properties",
    "INV": "properties",
    "S": "properties",
    "T": "properties",
    "EDGE": "edges",
    "CON": "contract",
}
"""Kinds of checks: W worked example, R comparison with the reference, FD finite differences, INV invariant, S statistics,
T call trace, EDGE edge case, CON standard contract."""

NOT_JUDGED: Final = "This exercise could not be judged, so it costs and earns no points."
_UNCOUNTED: Final = (Verdict.SKIPPED, Verdict.BROKEN)


@dataclass(frozen=True)
class Scored:
    """What scoring needs to know of one check."""

    kind: str
    weight: Fraction
    verdict: Verdict
    gate: bool = False


@dataclass(frozen=True)
class Share:
    """The points of one check."""

    earned: Fraction
    possible: Fraction


def share_out(points: Fraction, checks: Sequence[Scored]) -> tuple[list[Share], str]:
    """Return the points of each check, and a note when the gate took them away.

    Groups share the exercise's points as in `SHARES`; a missing group leaves its share to the others in
    proportion, and so do checks that were skipped or broken. The gate: where there are comparisons with the
    reference (or checks marked `gate`), nothing is earned unless one of them passes. A forbidden call earns nothing.
    """
    gates = gates_of(checks)
    if gates and all(gate.verdict in _UNCOUNTED for gate in gates):
        nothing = Share(Fraction(0), Fraction(0))
        return [nothing for _ in checks], NOT_JUDGED
    counted = [check for check in checks if check.verdict not in _UNCOUNTED]
    weights: dict[str, Fraction] = {}
    for check in counted:
        group = GROUP_OF[check.kind]
        weights[group] = weights.get(group, Fraction(0)) + check.weight
    total = sum(SHARES[group] for group in weights)
    note = _closed(counted)
    shares = []
    for check in checks:
        if check.verdict in _UNCOUNTED:
            shares.append(Share(Fraction(0), Fraction(0)))
            continue
        group = GROUP_OF[check.kind]
        possible = points * Fraction(SHARES[group], total) * check.weight / weights[group]
        earned = possible if check.verdict is Verdict.PASSED and not note else Fraction(0)
        shares.append(Share(earned, possible))
    return shares, note


def gates_of(checks: Sequence[Scored]) -> list[Scored]:
    """Return the checks of which one must pass: those marked as gates, else the comparisons with the reference."""
    return [check for check in checks if check.gate] or [check for check in checks if check.kind == "R"]


def _closed(checks: Sequence[Scored]) -> str:
    """Return why nothing is earned, or an empty text."""
    if any(check.verdict is Verdict.FORBIDDEN for check in checks):
        return "Nothing is earned in this exercise because it used something that is not allowed here."
    gates = gates_of(checks)
    passed = any(check.verdict is Verdict.PASSED for check in checks)
    if passed and gates and not any(check.verdict is Verdict.PASSED for check in gates):
        return "Nothing is earned yet: no comparison with the reference on fresh inputs passes."
    return ""


def exercise_verdict(verdicts: Sequence[Verdict]) -> Verdict:
    """Return how an exercise ended: passed only if nothing failed; else what its first failing check says."""
    failed = [verdict for verdict in verdicts if verdict not in (Verdict.PASSED, Verdict.SKIPPED)]
    if not failed:
        return Verdict.PASSED if Verdict.PASSED in verdicts else Verdict.SKIPPED
    if Verdict.FORBIDDEN in failed:
        return Verdict.FORBIDDEN
    blamed = [verdict for verdict in failed if verdict is not Verdict.BROKEN]
    if not blamed:
        return Verdict.BROKEN
    attempted = [verdict for verdict in blamed if verdict is not Verdict.NOT_ATTEMPTED]
    if attempted:
        return attempted[0]
    return Verdict.WRONG if Verdict.PASSED in verdicts else Verdict.NOT_ATTEMPTED
