"""Curves for the HTML report: from two rows of numbers to the coordinates of an SVG, without a library.

The plane of a picture is 640 x 240 units. Losses that span more than two powers of ten stand on a logarithmic axis.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from grader.results import Series

WIDTH: Final = 640
HEIGHT: Final = 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 14, 36
_MOST_POINTS: Final = 240
_WIDE: Final = 100.0


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where, and what stands there."""

    place: float
    label: str


@dataclass(frozen=True)
class Plot:
    """What the template draws: two curves, two axes, the first difference."""

    name: str
    expected: str
    """Points of a polyline, `x,y x,y …`; breaks at NaN are separate lines, divided by `|`."""
    got: str
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    logarithmic: bool
    mark: float | None
    """Horizontal place of the first difference."""
    first: int | None
    rows: list[tuple[int, str, str]]
    """Index, expected and got as text: for the table and for the read-out under the pointer."""
    places: list[str]
    """Where the pointer finds each row: `x`."""
    summary: str
    """The curve in words, for those who cannot see it."""
    columns: tuple[str, ...] = ("index", "expected", "yours")


def plot(series: Series) -> Plot | None:
    """Return the plot of a series, or None when there is nothing to draw."""
    count = max(len(series.expected), len(series.got))
    finite = [value for value in (*series.expected, *series.got) if value is not None]
    if count < 2 or not finite:
        return None
    chosen = _chosen(count, series.differs_from)
    logarithmic = min(finite) > 0 and max(finite) / min(finite) > _WIDE
    low, high = with_room([math.log10(one) for one in finite] if logarithmic else finite)

    def across(index: int) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * index / (count - 1), 1)

    def up(value: float) -> float:
        shown = math.log10(value) if logarithmic else value
        return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * (shown - low) / (high - low), 1)

    def line(values: Sequence[float | None]) -> str:
        words: list[str] = []
        for index in chosen:
            value = values[index] if index < len(values) else None
            words.append("|" if value is None else f"{across(index)},{up(value)}")
        return " ".join(words)

    ticks = _powers(low, high) if logarithmic else round_numbers(low, high)
    return Plot(
        name=series.name,
        expected=line(series.expected),
        got=line(series.got),
        x_ticks=[Tick(across(index), str(index)) for index in _counts(count)],
        y_ticks=[Tick(up(10**one if logarithmic else one), short(10**one if logarithmic else one)) for one in ticks],
        logarithmic=logarithmic,
        mark=None if series.differs_from is None else across(min(series.differs_from, count - 1)),
        first=series.differs_from,
        rows=[(index, _at(series.expected, index), _at(series.got, index)) for index in chosen],
        places=[str(across(index)) for index in chosen],
        summary=_summary(series),
    )


def lines(points: str) -> list[str]:
    """Return the polylines of a curve, split where a value is missing."""
    return [part.strip() for part in points.split("|") if part.strip()]


def _chosen(count: int, first: int | None) -> list[int]:
    """Return evenly spread indices, at most so many, with the last one and the first difference among them."""
    step = max(1, math.ceil(count / _MOST_POINTS))
    wanted = {*range(0, count, step), count - 1}
    if first is not None and first < count:
        wanted |= {first, max(0, first - 1)}
    return sorted(wanted)


def with_room(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of an axis: those of the values and a little more."""
    low, high = min(values), max(values)
    room = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    return low - room, high + room


def round_numbers(low: float, high: float) -> list[float]:
    """Return about four round numbers between the ends of an axis."""
    raw = (high - low) / 4
    unit = 10 ** math.floor(math.log10(raw))
    step = next(one * unit for one in (1, 2, 2.5, 5, 10) if one * unit >= raw)
    first = math.ceil(low / step)
    found = []
    while first * step <= high:
        found.append(first * step)
        first += 1
    return found


def _powers(low: float, high: float) -> list[float]:
    """Return exponents of ten between the limits, at most about five."""
    step = max(1, math.ceil((high - low) / 5))
    return [float(one) for one in range(math.ceil(low), math.floor(high) + 1, step)] or [round((low + high) / 2, 1)]


def _counts(count: int) -> list[int]:
    """Return about six round indices of an axis from 0."""
    raw = (count - 1) / 5
    step = next(one * 10**power for power in range(9) for one in (1, 2, 5) if one * 10**power >= raw)
    return list(range(0, count, step))


def short(value: float) -> str:
    """Return a number as it stands at an axis."""
    return f"{0.0 if abs(value) < 1e-12 else value:.4g}"


def _at(values: Sequence[float | None], index: int) -> str:
    if index >= len(values):
        return "none"
    value = values[index]
    return "not finite" if value is None else f"{value:.8g}"


def _summary(series: Series) -> str:
    ends = [f"{name} from {_at(row, 0)} to {_at(row, len(row) - 1)}" for name, row in _rows(series) if row]
    said = f"{series.name}: {', '.join(ends)}."
    if len(series.got) != len(series.expected):
        said += f" Yours has {len(series.got)} entries, expected are {len(series.expected)}."
    if series.differs_from is None:
        return f"{said} The two agree."
    return f"{said} They part at index {series.differs_from}."


def _rows(series: Series) -> list[tuple[str, list[float | None]]]:
    return [("expected", series.expected), ("yours", series.got)]
