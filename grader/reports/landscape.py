"""The way down a loss surface for the HTML report: contours, two paths and the lowest point, as coordinates of an SVG.

The bias runs to the right and the weight upwards. The picture shows where the right path goes; a path that leaves it
ends at the edge, and the caption says when.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from grader.reports.plot import Tick, round_numbers, short, with_room
from grader.results import Bowl, Descent

WIDTH: Final = 640
HEIGHT: Final = 400
LEFT: Final = 64
RIGHT: Final = 16
TOP: Final = 14
BOTTOM: Final = 48
_LEVELS: Final = 6
_CORNERS: Final = 72
_FARTHEST: Final = 1.0
"""How far beyond the right path, in its own lengths, the picture follows a wrong one."""

_Point = tuple[float, float]


@dataclass(frozen=True)
class Contour:
    """A line of equal loss, and the place of its label."""

    points: str
    loss: str
    label: _Point | None
    """None where the line lies outside of the picture."""


@dataclass(frozen=True)
class Landscape:
    """What the template draws."""

    name: str
    across: str
    upwards: str
    """Names of the two parameters."""
    contours: list[Contour]
    expected: list[_Point]
    got: list[_Point]
    lowest: _Point
    first: int | None
    """The number of epochs after which the paths part."""
    leaves: int | None
    """The epoch in which the submission's path leaves the picture; what comes after is not drawn."""
    mark: _Point | None
    """Where yours stands then."""
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    columns: tuple[str, ...]
    rows: list[tuple[int | str, ...]]
    places: list[str]
    """Where the pointer finds each row: `x,y`."""
    summary: str


@dataclass(frozen=True)
class _Frame:
    """The part of the plane that is shown."""

    across: tuple[float, float]
    upwards: tuple[float, float]

    def place(self, point: _Point) -> _Point:
        x, y = (
            (value - low) / (high - low) for value, (low, high) in zip(point, (self.across, self.upwards), strict=True)
        )
        far = 1e4  # browsers do not draw what lies much farther outside
        x, y = (max(-far, min(one, far)) for one in (x, y))
        return round(LEFT + (WIDTH - LEFT - RIGHT) * x, 1), round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * y, 1)


def landscape(descent: Descent) -> Landscape:
    """Return the picture of a descent."""
    frame = _frame(descent)
    mine = [frame.place(point) if point is not None else None for point in descent.got]
    right = [frame.place(point) for point in descent.expected]
    first, out = descent.differs_from, _outside(mine)
    across, upwards = descent.parameters
    return Landscape(
        name=f"Path of {across} and {upwards} on the loss surface",
        across=across,
        upwards=upwards,
        contours=_contours(descent, frame, right),
        expected=right,
        got=[point for point in mine[: len(mine) if out is None else out + 1] if point is not None],
        lowest=frame.place(descent.surface.lowest),
        first=None if first is None else descent.epochs[first],
        leaves=None if out is None else descent.epochs[out],
        mark=None if first is None else mine[first],
        x_ticks=[Tick(frame.place((one, 0.0))[0], short(one)) for one in round_numbers(*frame.across)],
        y_ticks=[Tick(frame.place((0.0, one))[1], short(one)) for one in round_numbers(*frame.upwards)],
        columns=("epoch", *(f"{whose} {what}" for whose in ("expected", "your") for what in (across, upwards, "loss"))),
        rows=[
            (epoch, *_cells(expected, descent.surface), *_cells(got, descent.surface))
            for epoch, expected, got in zip(descent.epochs, descent.expected, descent.got, strict=True)
        ],
        places=[f"{x},{y}" for x, y in (got or expected for got, expected in zip(mine, right, strict=True))],
        summary=_summary(descent),
    )


def _outside(path: Sequence[_Point | None]) -> int | None:
    """Return the index of the first point that does not lie in the picture; what bounces in and out says nothing."""
    for index, point in enumerate(path):
        if point is not None and not (LEFT <= point[0] <= WIDTH - RIGHT and TOP <= point[1] <= HEIGHT - BOTTOM):
            return index
    return None


def _frame(descent: Descent) -> _Frame:
    """Show the right path, the lowest point and what lies near of the submission's path."""
    axes = []
    for axis in (0, 1):
        must = [point[axis] for point in (*descent.expected, descent.surface.lowest)]
        low, high = min(must), max(must)
        room = (high - low) * _FARTHEST
        near = [point[axis] for point in descent.got if point is not None and low - room <= point[axis] <= high + room]
        axes.append(with_room([low, high, *near]))
    return _Frame(*axes)


def _losses(descent: Descent) -> list[float]:
    """Return the losses of the contours: that of the start, four times as much, and a quarter of it again and again."""
    least = descent.surface.least
    first = descent.surface.height(descent.expected[0]) - least
    return [least + first * 4.0 ** (1 - step) for step in range(_LEVELS)] if first > 0 else []


def _contours(descent: Descent, frame: _Frame, path: Sequence[_Point]) -> list[Contour]:
    """Return lines of equal loss; their labels stand as far from the path and from each other as the picture allows."""
    taken = list(path)
    found = []
    for loss in _losses(descent):
        corners = [frame.place(corner) for corner in _ellipse(descent.surface, loss)]
        inside = [
            (x, y) for x, y in corners if LEFT + 30 < x < WIDTH - RIGHT - 30 and TOP + 12 < y < HEIGHT - BOTTOM - 8
        ]
        label = max(inside, key=lambda one: min(math.dist(one, other) for other in taken), default=None)
        taken += [label] if label else []
        found.append(Contour(" ".join(f"{x},{y}" for x, y in corners), f"{loss:.2g}", label))
    return found


def _ellipse(bowl: Bowl, loss: float) -> Iterator[_Point]:
    """Yield points of equal loss: a circle that the inverse of a Cholesky factor of the curvature stretches."""
    along, both, across = bowl.curvature
    first = math.sqrt(along)
    second = math.sqrt(across - both**2 / along)
    radius = math.sqrt(2 * (loss - bowl.least))
    for step in range(_CORNERS):
        angle = 2 * math.pi * step / _CORNERS
        up = radius * math.sin(angle) / second
        right = (radius * math.cos(angle) - both / first * up) / first
        yield bowl.lowest[0] + right, bowl.lowest[1] + up


def _cells(point: _Point | None, bowl: Bowl) -> tuple[str, str, str]:
    if point is None:
        return ("none",) * 3
    return f"{point[0]:.6g}", f"{point[1]:.6g}", f"{bowl.height(point):.6g}"


def _summary(descent: Descent) -> str:
    across, upwards = descent.parameters
    lowest = _words(descent.surface.lowest)
    said = f"The lowest point of the loss is at {across}, {upwards} = {lowest}."
    for whose, path in (("The expected", descent.expected), ("Your", descent.got)):
        ends = [_words(point) for point in (path[0], path[-1])]
        said += f" {whose} path goes from {ends[0]} to {ends[1]} in {descent.epochs[-1]} epochs."
    if descent.differs_from is None:
        return f"{said} The two agree."
    return f"{said} They part at epoch {descent.epochs[descent.differs_from]}."


def _words(point: Sequence[float] | None) -> str:
    return "nowhere" if point is None else f"({point[0]:.4g}, {point[1]:.4g})"
