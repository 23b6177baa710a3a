"""How numbers stand in a report: points, shares, values that must be seen to differ, errors and their limits."""

import math
from fractions import Fraction

from grader.reports import text
from grader.results import Divergence, ErrorMeasure

_NEAR = 1e-3  # values nearer than this look alike, so their ratio says nothing
_EXACT = 1e-6  # a ratio this near to a whole number is that number


def points(earned: Fraction, possible: Fraction) -> str:
    """Return e.g. `2.5 of 5`, with two decimals at most; only full marks look like full marks."""
    shown = _decimals(earned, rounded=True)
    if earned < possible and shown == _decimals(possible, rounded=True):
        shown = _decimals(earned, rounded=False)
    return f"{shown} of {_decimals(possible, rounded=True)}"


def _decimals(value: Fraction, *, rounded: bool) -> str:
    hundredths = round(value * 100) if rounded else math.floor(value * 100)
    return f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")


def percent(earned: Fraction, possible: Fraction) -> str:
    """Return the share in whole percent, rounded down, so that 100 % means everything."""
    return f"{math.floor(100 * earned / possible)} %" if possible else "0 %"


def values(divergence: Divergence) -> tuple[str, str]:
    """Return what was expected and what came, the second with the ratio of the two where it tells something."""
    expected, got = _distinct(divergence.expected, divergence.got)
    ratio = _ratio(divergence.ratio)
    return expected, f"{got} ({ratio})" if got and ratio else got


def look_alike(divergence: Divergence) -> bool:
    """Return whether two numbers are so near that only their difference tells."""
    return bool(divergence.ratio and math.isclose(divergence.ratio, 1, rel_tol=_NEAR))


def _distinct(*found: float | str | None) -> list[str]:
    """Write numbers with six digits, or with as many as it takes to see them differ."""
    shown: list[str] = []
    for digits in (6, 9, 12, 17):
        shown = [f"{one:.{digits}g}" if isinstance(one, int | float) else text.one_line(one or "") for one in found]
        if len(set(shown)) == len(shown):
            break
    return shown


def _ratio(ratio: float | None) -> str:
    if ratio is None or not 1e-6 < abs(ratio) < 1e6 or math.isclose(ratio, 1, rel_tol=_NEAR):
        return ""
    if math.isclose(ratio, -1, rel_tol=_EXACT):
        return "the negative of the expected value"
    if math.isclose(ratio, round(ratio), rel_tol=_EXACT):
        return f"{round(ratio)} times the expected value"
    part = round(1 / ratio)
    if math.isclose(1 / ratio, part, rel_tol=_EXACT):
        return f"{'-' if part < 0 else ''}1/{abs(part)} of the expected value"
    return f"{ratio:.4g} times the expected value"


def measure(error: ErrorMeasure) -> str:
    """Return how far an answer was off, what share that is of what is allowed, and by which rule."""
    if not error.allowed:
        said = f"{error.observed:.3g}, nothing is allowed"
    else:
        share = error.observed / error.allowed
        times = f"{share:.2g} of" if share <= 1 else f"{share:.2g} times"
        said = f"{error.observed:.3g}, {times} the allowed {error.allowed:.3g}"
    return f"{said} (rule: {text.one_line(error.rule)})" if error.rule else said
