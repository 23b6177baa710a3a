"""Workers by themselves: how many a second enter their jail, and what memory one more of them takes.

    python -m bench.workers      prints both as JSON

Every round is a process of its own, so that its zygote is as fresh as that of a run.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from bench.measure import ROOT, Goal, Probe, Scenario, memory

WORKERS = 60
FEW, MANY = 2, 8
TRAINS = """
import torch
def train(steps):
    W1, W2 = torch.ones(20, 50) / 9, torch.ones(50, 1) / 9
    X = torch.linspace(-1, 1, 2000).reshape(100, 20)
    for _ in range(steps):
        h = torch.tanh(X @ W1)
        e = h @ W2 - X[:, :1]
        W1, W2 = W1 - 0.1 * X.T @ ((e @ W2.T) * (1 - h**2)) / 100, W2 - 0.1 * h.T @ e / 100
    return W1
"""

GOALS = (
    Goal("rate", "jailed workers a second", "rate", 20, "a second", at_least=True),
    Goal("memory", "memory of one more worker that trains (PSS)", "memory", 60, "MB"),
)


@contextlib.contextmanager
def probes(_: Collection[str]) -> Iterator[Mapping[str, Probe]]:
    """Yield both figures of one process; the second probe that asks gets those of the first."""
    told: dict[str, float] = {}

    def figure(name: str) -> float:
        if name not in told:
            command = [sys.executable, "-m", "bench.workers"]
            told.update(json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout))
        return told.pop(name)

    yield {name: (lambda name=name: figure(name)) for name in ("rate", "memory")}  # type: ignore[misc]


def main() -> None:
    from grader.grading import start_zygote
    from grader.worker.process import Budget

    zygote = start_zygote()
    started = time.perf_counter()
    waiting = [zygote.spawn([], {}) for _ in range(2)]  # one for each processor
    for number in range(WORKERS):
        worker = waiting.pop(0)
        if number + 2 < WORKERS:
            waiting.append(zygote.spawn([], {}))
        zygote.confined(worker.receive(Budget(60.0, 60.0)).header)
        worker.close()
    rate = WORKERS / (time.perf_counter() - started)
    few, many = _memory_with(zygote, FEW), _memory_with(zygote, MANY)
    print(json.dumps({"rate": rate, "memory": (many - few) / (MANY - FEW)}))
    sys.stdout.flush()
    zygote.close()
    os._exit(0)


def _memory_with(zygote: "object", count: int) -> float:
    """Return the memory of the zygote and so many workers that have trained."""
    from grader.callee import WorkerCallee
    from grader.calls import Call, Source
    from grader.worker.process import Budget

    made = [WorkerCallee(zygote, Source(TRAINS, "train.py", "train"), Budget(60.0, 60.0)) for _ in range(count)]  # type: ignore[arg-type]
    for callee in made:
        callee.answer(Call("call", "train", (20,), names=("steps",)))
    found = sum(memory(pid) for pid in _descendants(os.getpid()))
    for callee in made:
        callee.close()
    return found


def _descendants(process: int) -> list[int]:
    found = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, path.read_text(encoding="ascii").split()):
            found += [child, *_descendants(child)]
    return found


SCENARIO = Scenario("workers", probes, GOALS)

if __name__ == "__main__":
    main()
