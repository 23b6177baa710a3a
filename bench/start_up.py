"""Time `grade` against a bare `import torch`, interleaved in one run, as whole processes.

    uv run python bench/start_up.py [--runs 7] [--json FILE]

Prints the medians, the spread and the ratio to `import torch`, and what the machine was doing.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASELINE = "import torch"
COMMANDS = {
    BASELINE: [sys.executable, "-c", "import torch"],
    "import torch, then os._exit": [sys.executable, "-c", "import torch, os; os._exit(0)"],
    "grade --help": [sys.executable, "-m", "grader", "--help"],
    "grade 2.3 on the reference": [sys.executable, "-m", "grader", "2.3", "--from", "reference"],
    "grade 2.3 on the stubs": [sys.executable, "-m", "grader", "2.3"],
    "grade (all lessons) on the reference": [sys.executable, "-m", "grader", "--from", "reference"],
}


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for command in COMMANDS.values():  # warm up: byte code and the page cache
        seconds(command)
    for _ in range(options.runs):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    base = statistics.median(times[BASELINE])
    load = os.getloadavg()[0]
    print(f"{platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}, {options.runs} interleaved runs")
    print(f"{'command':<38} {'median':>8} {'min':>8} {'max':>8}   times import torch")
    rows = []
    for name, values in times.items():
        middle = statistics.median(values)
        rows.append(
            {"command": name, "median_s": middle, "min_s": min(values), "max_s": max(values), "ratio": middle / base}
        )
        print(f"{name:<38} {middle:7.2f}s {min(values):7.2f}s {max(values):7.2f}s   {middle / base:.2f}")
    if options.json:
        options.json.write_text(json.dumps({"load": load, "runs": options.runs, "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
