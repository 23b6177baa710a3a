"""The report of an audit: a table with the survivors and faults for people, JSON for programs."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.course.measured import Audit, Counts, Survivor

VERSION = 1


def render(audit: Audit, console: Console) -> None:
    """Print the audit."""
    console.print(_table(audit))
    for survivor in audit.survivors:
        for line in _lines(survivor):
            console.print(Text(line), soft_wrap=True)
    if audit.survivors:
        console.print(Text(_ADVICE), soft_wrap=True)
    for remark in audit.remarks:
        console.print(Text(f"remark   {remark}"), soft_wrap=True)
    for fault in audit.faults:
        console.print(Text(f"refused  {fault}"), soft_wrap=True)
    for sentence, holds in audit.bars():
        console.print(Text(f"{'holds  ' if holds else 'FAILS  '}  {sentence}"), soft_wrap=True)
    console.print(Text("sound" if audit.sound else "not sound"))


def to_builtins(audit: Audit) -> dict[str, Any]:
    """Return the audit as plain JSON values."""
    return {
        "version": VERSION,
        "seeds": list(audit.seeds),
        "gradings": audit.gradings,
        "sound": audit.sound,
        "bars": [{"sentence": sentence, "holds": holds} for sentence, holds in audit.bars()],
        "total": asdict(audit.total),
        "exercises": [
            {"id": row.exercise.id, "name": row.exercise.name, "alternatives": row.alternatives, **asdict(row.counts)}
            for row in audit.rows
        ],
        "survivors": [_entry(survivor) for survivor in audit.survivors],
        "faults": audit.faults,
        "remarks": audit.remarks,
    }


def _entry(survivor: Survivor) -> dict[str, Any]:
    mutant = survivor.mutant
    facts = {name: getattr(mutant, name) for name in ("id", "operator", "function", "line", "old", "new", "nth")}
    return {"exercise": survivor.exercise, **facts}


def _table(audit: Audit) -> Table:
    table = Table(title=f"Audit on {len(audit.seeds)} seeds, {audit.gradings} gradings", title_justify="left")
    table.add_column("exercise")
    for title in ("right accepted", "mistakes refused", "named", "mutants refused", "equivalent"):
        table.add_column(title, justify="right")
    for row in audit.rows:
        table.add_row(
            row.exercise.id, *(f"{part}/{whole}" for part, whole in _parts(row.counts)), _equivalent(row.counts)
        )
    table.add_section()
    total = audit.total
    table.add_row("all", *(f"{part}/{whole}" for part, whole in _parts(total)), _equivalent(total))
    table.add_row("", *(f"{100 * part / whole:.1f} %" if whole else "" for part, whole in _parts(total)), "")
    return table


def _parts(counts: Counts) -> list[tuple[int, int]]:
    """Return the columns: how many of how many."""
    return [
        (counts.accepted, counts.right),
        (counts.refused, counts.wrong),
        (counts.named, counts.wrong),
        (counts.killed, counts.mutants),
    ]


def _equivalent(counts: Counts) -> str:
    return str(counts.equivalent or "")


def _lines(survivor: Survivor) -> Iterator[str]:
    mutant = survivor.mutant
    place = f"in {mutant.function}, " if mutant.function else ""
    again = f", nth = {mutant.nth}" if mutant.nth > 1 else ""
    yield f"survivor {survivor.exercise} {mutant.id}  ({mutant.operator}, {place}line {mutant.line}{again})"
    yield from (f"    - {line}" for line in mutant.old.splitlines())
    yield from (f"    + {line}" for line in mutant.new.splitlines())


_ADVICE = (
    "A survivor earned full marks. Add a check or an input that tells it from the reference; or, if nobody can, record "
    "it with its reason in reference/<lesson>/equivalents.toml (CONTRIBUTING.md shows how)."
)
