"""Measure every goal of speed and memory against its baseline, in one run.

    uv run python -m bench [--only NAME] [--runs 7] [--compare OLD.json] [--peers] [--out DIR]

Writes `<date>.json` and `<date>.md` into `bench/results/`, puts the table into `docs/performance.md` with `--write-docs`,
and ends with 1 when a goal is missed. Ratios are taken round by round, so they hold on a busy machine; seconds do not.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench import many, peers, processes, saves, table, workers
from bench.measure import ROOT, machine, outcomes

SCENARIOS = (processes.SCENARIO, saves.SCENARIO, many.SCENARIO, many.FLAT_SCENARIO, workers.SCENARIO)
PAGE = ROOT / "docs" / "performance.md"
HEADING = "## Measured\n"


def main() -> int:
    names = [goal.name for scenario in (*SCENARIOS, peers.SCENARIO) for goal in scenario.goals]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help=f"one of {', '.join(names)}")
    parser.add_argument("--runs", type=int, default=7, help="rounds, each of them all commands in turn (default: 7)")
    parser.add_argument("--compare", type=Path, metavar="OLD.json", help="show the values of an earlier run beside")
    parser.add_argument("--peers", action="store_true", help="measure other graders, too: installs them")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "results", metavar="DIR")
    parser.add_argument("--write-docs", action="store_true", help="put the table into docs/performance.md")
    options = parser.parse_args()
    before = table.read(options.compare) if options.compare else None
    here, now = machine(), datetime.now(UTC)
    found = []
    for scenario in (*SCENARIOS, *([peers.SCENARIO] if options.peers else [])):
        wanted = [goal for goal in scenario.goals if not options.only or goal.name in options.only]
        if wanted:
            print(f"{scenario.name} …", file=sys.stderr)
            found += outcomes(scenario, wanted, options.runs)
    text = table.markdown(found, here, f"{now:%d %B %Y, %H:%M} UTC", before)
    options.out.mkdir(parents=True, exist_ok=True)
    stem = options.out / f"{now:%Y-%m-%d-%H%M%S}"
    stem.with_suffix(".json").write_text(
        table.as_json(found, here, now.isoformat(timespec="seconds")), encoding="utf-8"
    )
    stem.with_suffix(".md").write_text(text, encoding="utf-8")
    if options.write_docs:
        write_docs(text)
    print(text)
    return 0 if all(one.met for one in found) else 1


def write_docs(text: str) -> None:
    """Put the table under its heading."""
    above, heading, rest = PAGE.read_text(encoding="utf-8").partition(HEADING)
    assert heading, f"{PAGE} has no heading `{HEADING.strip()}`"
    _, following, below = rest.partition("\n## ")
    PAGE.write_text(f"{above}{heading}\n{text}{following}{below}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
