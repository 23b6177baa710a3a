"""Late hand-ins: when one is late, and what a rule such as `10%/day, max 50%` leaves of its points.

A rule is a list of parts, divided by commas; each stands at most once:

    10%/day     deduct 10 % of the possible points for every begun day (`/hour`, `/day`, `/week`)
    20%         deduct 20 % once
    max 50%     deduct no more than this
    grace 2h    up to so late nothing is deducted; what is later counts from the due time
    cutoff 7d   what is later than this earns nothing

Lengths of time are `30m`, `2h`, `7d`, `1w`. Everything is exact: nothing is rounded here.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from grader.options import UsageError

_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_PER: Final = {"hour": _UNITS["h"], "day": _UNITS["d"], "week": _UNITS["w"]}
_NUMBER: Final = r"(\d{1,4}(?:\.\d{1,4})?)"
_DEDUCTION: Final = re.compile(rf"{_NUMBER}\s*%(?:\s*/\s*(hour|day|week))?")
_MOST: Final = re.compile(rf"max\s+{_NUMBER}\s*%")
_SPAN: Final = re.compile(rf"(grace|cutoff)\s+{_NUMBER}\s*([mhdw])")


@dataclass(frozen=True)
class LateRule:
    """What being late costs; the default costs nothing."""

    rate: Fraction = Fraction(0)
    """Share of the possible points that is deducted, once or for every begun `per`."""
    per: timedelta | None = None
    most: Fraction = Fraction(1)
    grace: timedelta = timedelta(0)
    cutoff: timedelta | None = None

    def left(self, raw: Fraction, possible: Fraction, late: timedelta) -> Fraction:
        """Return the points that are left of `raw` when a hand-in came so late."""
        if late <= max(self.grace, timedelta(0)):
            return raw
        if self.cutoff is not None and late > self.cutoff:
            return Fraction(0)
        times = -(-late // self.per) if self.per else 1
        return max(Fraction(0), raw - min(self.rate * times, self.most) * possible)


FREE: Final = LateRule()
"""The rule that costs nothing."""


def parse_rule(text: str) -> LateRule:
    """Read a rule; raises `UsageError` for what is none."""
    found: dict[str, Fraction | timedelta | None] = {}
    for part in (part.strip() for part in text.split(",")):
        if match := _DEDUCTION.fullmatch(part):
            read = {"rate": _share(match[1], part), "per": _PER[match[2]] if match[2] else None}
        elif match := _MOST.fullmatch(part):
            read = {"most": _share(match[1], part)}
        elif match := _SPAN.fullmatch(part):
            read = {match[1]: float(match[2]) * _UNITS[match[3]]}
        else:
            raise UsageError(f"`{part}` is no part of a late rule. {_EXAMPLE}")
        if found.keys() & read.keys():
            raise UsageError(f"`{part}` says what another part of the late rule says already. {_EXAMPLE}")
        found |= read
    return LateRule(**found)  # type: ignore[arg-type]  # the patterns decide which value goes with which name


def _share(text: str, part: str) -> Fraction:
    share = Fraction(text) / 100
    if share > 1:
        raise UsageError(f"`{part}` is more than everything. {_EXAMPLE}")
    return share


def parse_time(text: str, what: str) -> datetime:
    """Read an RFC 3339 time with a zone; raises `UsageError` that says `what` it was for."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise UsageError(
            f"`{text}` is no {what}: give date, time and zone, as in `2026-03-01T23:59:00+01:00` or `…T22:59:00Z`."
        )
    return found


def lateness(submitted: str, due: datetime | None) -> timedelta | None:
    """Return how late something was handed in, 0 when in time; None when nobody knows."""
    if due is None or not submitted:
        return None
    try:
        when = datetime.fromisoformat(submitted)
    except ValueError:
        return None
    return max(timedelta(0), when - due) if when.tzinfo else None


def in_words(late: timedelta) -> str:
    """Return e.g. `2 d 3 h`, `15 min`, `40 s`: the two largest units, rounded down."""
    seconds = int(late.total_seconds())
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if count]
    return " ".join(parts[:2]) or f"{seconds} s"


_EXAMPLE: Final = 'A late rule looks like "10%/day, max 50%, grace 15m, cutoff 7d".'
