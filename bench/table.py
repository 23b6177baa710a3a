"""What was measured, as JSON, as a Markdown table, and beside an earlier run."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.measure import Outcome


def as_json(found: Sequence[Outcome], machine: str, when: str) -> str:
    rows = [one.as_json() for one in found]
    return json.dumps({"when": when, "machine": machine, "goals": rows}, indent=2) + "\n"


def read(path: Path) -> dict[str, float]:
    """Return the values of an earlier run by the goals' names."""
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {one["goal"]["name"]: one["value"] for one in told["goals"]}


def markdown(found: Sequence[Outcome], machine: str, when: str, before: dict[str, float] | None = None) -> str:
    """Return the table of the goals; with an earlier run, how far each value moved."""
    heads = ["name", "what", "goal", "median", "spread", "measured", "met", *(["before"] if before is not None else [])]
    lines = [_row(heads), _row(["---"] * len(heads)), *(_row(_cells(one, before)) for one in found)]
    return "\n".join([*lines, "", f"{when}, {machine}.", ""])


def _cells(one: Outcome, before: dict[str, float] | None) -> list[str]:
    unit = one.goal.unit
    cells = [
        one.goal.name,
        one.goal.what,
        one.goal.limit_in_words,
        f"{_figure(one.value)} {unit}",
        f"{_figure(min(one.values))} to {_figure(max(one.values))}",
        _details(one),
        "yes" if one.met else "**no**",
    ]
    if before is None:
        return cells
    known = before.get(one.goal.name)
    return [*cells, "new" if not known else f"{_figure(known)} ({100 * (one.value / known - 1):+.0f} %)"]


def _details(one: Outcome) -> str:
    """Return the medians of both sides of a ratio."""
    if not one.goal.baseline:
        return _rounds(one)
    sides = (sorted(one.details[name])[len(one.values) // 2] for name in (one.goal.probe, one.goal.baseline))
    mine, base = (f"{_figure(side)} s" for side in sides)
    return f"{mine} to {base} ({one.goal.baseline}), {_rounds(one)}"


def _rounds(one: Outcome) -> str:
    count = len(one.values)
    return f"{count} round{'s' if count > 1 else ''}, load {one.load:.1f}"


def _figure(value: float) -> str:
    return f"{value:.3g}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
