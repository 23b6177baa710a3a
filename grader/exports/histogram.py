"""How points are distributed: bars for an inline SVG, and the same as a table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Final

WIDTH: Final = 640
HEIGHT: Final = 220
_TOP, _BOTTOM, _GAP = 24, 32, 8
_LABELS: Final = (*(f"{low}–{low + 9} %" for low in range(0, 100, 10)), "100 %")  # noqa: RUF001  a range


@dataclass(frozen=True)
class Bar:
    """A class of the distribution."""

    label: str
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Histogram:
    """Bars from left to right; full marks have one of their own."""

    bars: tuple[Bar, ...]
    summary: str


def draw(shares: Sequence[Fraction]) -> Histogram | None:
    """Return the histogram of shares of the possible points; None when there are none."""
    if not shares:
        return None
    counts = [0] * len(_LABELS)
    for share in shares:
        counts[min(max(math.floor(share * 10), 0), 10)] += 1
    step = WIDTH / len(counts)
    room = HEIGHT - _TOP - _BOTTOM
    bars = []
    for index, count in enumerate(counts):
        height = room * count / max(counts)
        x, y = index * step + _GAP / 2, HEIGHT - _BOTTOM - height
        bars.append(Bar(_LABELS[index], count, round(x, 1), round(y, 1), round(step - _GAP, 1), round(height, 1)))
    middle = median(shares)
    most = _LABELS[counts.index(max(counts))]
    summary = (
        f"{len(shares)} students. Half of them have at least {math.floor(100 * middle)} % of the points, "
        f"{counts[-1]} have all of them; the most frequent range is {most}."
    )
    return Histogram(tuple(bars), summary)
