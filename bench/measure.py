"""Probes, and how they are asked: in turn, round after round, so that a busy moment hits all of them alike."""

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LESSON = "2.3"

Probe = Callable[[], float]
"""Measures once and returns the number."""


@dataclass(frozen=True)
class Goal:
    """What a measured number must be."""

    name: str
    what: str
    probe: str
    limit: float
    unit: str
    """`x` for a ratio to the baseline."""
    baseline: str = ""
    """The probe that the number is divided by, or that is divided by it where more is better."""
    at_least: bool = False

    @property
    def limit_in_words(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g} {self.unit}"


@dataclass(frozen=True)
class Scenario:
    """Probes that share a setting, and the goals they decide."""

    name: str
    probes: Callable[[Collection[str]], AbstractContextManager[Mapping[str, Probe]]]
    """Given the names of the probes that are wanted, sets up what they need."""
    goals: tuple[Goal, ...]
    rounds: int | None = None
    """Its own number of rounds, where a goal states one."""


@dataclass
class Outcome:
    """A goal and what was measured for it."""

    goal: Goal
    value: float
    values: list[float]
    """Of each round; ratios are taken round by round."""
    load: float
    details: dict[str, list[float]] = field(default_factory=dict)
    """All probes of the goal, as measured."""

    @property
    def met(self) -> bool:
        return self.value >= self.goal.limit if self.goal.at_least else self.value <= self.goal.limit

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met}


def outcomes(scenario: Scenario, wanted: Collection[Goal], runs: int) -> Iterator[Outcome]:
    """Ask the probes that the wanted goals need, in turn, and yield how the goals came out."""
    names = {name for goal in wanted for name in (goal.probe, goal.baseline) if name}
    found: dict[str, list[float]] = {name: [] for name in sorted(names)}
    with scenario.probes(names) as probes:
        rounds = scenario.rounds or runs
        for name in found if rounds > 1 else ():  # byte code, the page cache
            probes[name]()
        for _ in range(rounds):
            for name, values in found.items():
                values.append(probes[name]())
    for goal in wanted:
        measured, base = found[goal.probe], found.get(goal.baseline)
        if base is not None:
            pairs = [
                (below, above) if goal.at_least else (above, below) for above, below in zip(measured, base, strict=True)
            ]
            values = [above / below for above, below in pairs]
        else:
            values = measured
        used = {name: found[name] for name in (goal.probe, goal.baseline) if name}
        yield Outcome(goal, statistics.median(values), values, os.getloadavg()[0], used)


def seconds(command: list[str], *, cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> float:
    """Return how long a command takes as a whole process, with its streams at /dev/null."""
    started = time.perf_counter()
    subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return time.perf_counter() - started


def machine() -> str:
    """Return one line about where this runs."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    memory = next((int(line.split()[1]) >> 20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{model}, {os.cpu_count()} processors, {memory} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}; load {load}"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def memory(process: int | str, what: str = "Pss") -> float:
    """Return a process's memory in MB: `Pss` counts a page that n processes share as 1/n."""
    lines = _lines(f"/proc/{process}/smaps_rollup")
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024


def own_words(what: str, number: int, functions: Sequence[str]) -> str:
    """Return what makes a program its student's own: a comment, a line of code, or what every function prints."""
    if what == "comment":
        return f"# student {number}\n"
    if what == "line":
        return f"student = {number}\n"
    wrapped = "".join(f"{name} = own({name})\n" for name in functions)
    return f"""
def own(function):
    def printing(*args, **kwargs):
        print("student {number}")
        return function(*args, **kwargs)
    return printing

{wrapped}"""
