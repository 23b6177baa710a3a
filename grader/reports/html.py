"""The HTML report: one file, no network, readable without JavaScript, by keyboard, in the dark and on paper.

Whatever a student wrote is made visible first and escaped by the template; a content security policy lets nothing
run but the page's own script.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grader.reports import explanation, figures, landscape, plot, single_page, text
from grader.results import CheckResult, ExerciseResult, Results, Verdict

if TYPE_CHECKING:
    from markupsafe import Markup

_IN_BACKTICKS: Final = re.compile(r"`([^`\n]+)`")
_ASSETS: Final = Path(__file__).parent / "assets"
_CONTEXT: Final = 3
"""Lines of code shown before and after the line that a message is about."""
_RING: Final = 52.0
"""Radius of the score ring."""

_UNNAMED: Final = "result"
"""What a row is called when its check gave it no name."""

_SIGNS: Final = {
    Verdict.PASSED: "✓",
    Verdict.NOT_ATTEMPTED: "○",
    Verdict.SKIPPED: "-",
    Verdict.BROKEN: "!",
}


@dataclass(frozen=True)
class CodeLine:
    """A line of the excerpt."""

    number: int
    text: str
    marked: bool


def render(results: Results, sources: Mapping[str, str]) -> str:
    """Return the page; `sources` holds the submission's files by the names that the results use."""
    values = {
        **_functions(),
        "results": results,
        "sources": sources,
        "ring": 2 * math.pi * _RING,
        "radius": _RING,
        "when": _when(results.started),
    }
    page, style, script = (_ASSETS / f"report.{kind}" for kind in ("html.jinja", "css", "js"))
    return single_page.fill(page, styles=[style], script=script, values=values)


def _functions() -> dict[str, Any]:
    """Return what the template calls."""
    return {
        "sign": lambda verdict: _SIGNS.get(verdict, "✗"),
        "word": lambda verdict: explanation.WORDS[verdict],
        "state": _state,
        "headline": explanation.headline,
        "explained": explanation.explained,
        "facts": lambda exercise, check: explanation.facts(exercise, check, verbose=True),
        "details": lambda exercise, check: explanation.details(exercise, check, verbose=True),
        "remark": explanation.remark,
        "coded": _coded,
        "points": lambda one: figures.points(one.earned, one.possible),
        "percent": lambda one: figures.percent(one.earned, one.possible),
        "share": lambda one: _share(one.earned, one.possible),
        "one_line": text.one_line,
        "tail": lambda said: text.tail(said, lines=40),
        "excerpt": _excerpt,
        "plots": _plots,
        "landscape": _landscape,
        "plot_lines": plot.lines,
        "is_full": explanation.is_full,
        "lesson_state": lambda lesson: _STATES.get(explanation.lesson_verdict(lesson), "failed"),
        "problem": text.one_line,
        "plane": plot,
        "hills": landscape,
        "BROKEN_HEADLINE": explanation.BROKEN_HEADLINE,
        "BROKEN_ADVICE": explanation.BROKEN_ADVICE,
    }


_STATES: Final = {
    Verdict.PASSED: "passed",
    Verdict.SKIPPED: "passed",
    Verdict.NOT_ATTEMPTED: "open",
    Verdict.BROKEN: "broken",
}


def _state(one: ExerciseResult | CheckResult) -> str:
    """Return the group that the filters know: `failed`, `passed`, `open` (not attempted) or `broken`."""
    return _STATES.get(one.verdict, "failed")


def _coded(said: str) -> "Markup":
    """Return a sentence as HTML: everything is escaped, and what stands in backticks is code."""
    from markupsafe import Markup

    parts = _IN_BACKTICKS.split(said)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else Markup("{}").format(part)
        for index, part in enumerate(parts)
    )


def _share(earned: Fraction, possible: Fraction) -> float:
    return float(earned / possible) if possible else 0.0


def _when(started: str) -> str:
    try:
        return datetime.fromisoformat(started).strftime("%d %B %Y, %H:%M %Z").strip()
    except ValueError:
        return started


def _excerpt(exercise: ExerciseResult, check: CheckResult, sources: Mapping[str, str]) -> list[CodeLine]:
    """Return the lines around the one that the check's message is about."""
    source = sources.get(exercise.file)
    if source is None or check.line is None:
        return []
    found = source.replace("\r\n", "\n").split("\n")
    if not 0 < check.line <= len(found):
        return []
    first, last = max(1, check.line - _CONTEXT), min(len(found), check.line + _CONTEXT)
    return [
        CodeLine(number, text.visible(found[number - 1])[:300], number == check.line)
        for number in range(first, last + 1)
    ]


def _plots(exercise: ExerciseResult) -> list[plot.Plot]:
    """Return the exercise's curves, one for each name: those that differ before those that agree."""
    found = [series for check in exercise.checks for series in check.series]
    found.sort(key=lambda series: series.differs_from is None)
    chosen = {series.name: series for series in reversed(found)}
    if len(chosen) > 1:
        chosen.pop(_UNNAMED, None)
    drawn = (plot.plot(series) for series in chosen.values())
    return [one for one in drawn if one is not None]


def _landscape(exercise: ExerciseResult) -> landscape.Landscape | None:
    """Return the exercise's longest way down a loss surface, one that goes wrong if there is one."""
    found = [check.descent for check in exercise.checks if check.descent is not None]
    if not found:
        return None
    return landscape.landscape(max(found, key=lambda one: (one.differs_from is not None, one.epochs[-1])))
