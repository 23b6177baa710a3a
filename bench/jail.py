"""Measure what the jail costs a worker: from the request to the first reply, with all layers and without.

uv run python bench/jail.py [--runs 30]
"""

import argparse
import os
import statistics
import time

from grader.worker.jail import LAYERS
from grader.worker.launch import Zygote
from grader.worker.process import Budget


def milliseconds(zygote: Zygote) -> float:
    started = time.perf_counter()
    worker = zygote.spawn([], {})
    zygote.confined(worker.receive(Budget(60.0, 60.0)).header)
    spent = 1000 * (time.perf_counter() - started)
    worker.close()
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=30)
    options = parser.parse_args()
    zygote = Zygote.start()
    times: dict[str, list[float]] = {"all layers": [], "no layer": []}
    for _ in range(options.runs):
        for name, values in times.items():
            zygote.skip = frozenset() if name == "all layers" else frozenset(LAYERS)
            values.append(milliseconds(zygote))
    zygote.skip = frozenset()
    milliseconds(zygote)
    print(f"layers: {', '.join(zygote.isolation)}")
    for name, values in times.items():
        print(f"{name:<12} median {statistics.median(values):6.1f} ms  min {min(values):6.1f}  max {max(values):6.1f}")
    print(
        f"the jail costs {statistics.median(times['all layers']) - statistics.median(times['no layer']):.1f} ms a worker"
    )
    zygote.close()
    os._exit(0)


if __name__ == "__main__":
    main()
