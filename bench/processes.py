"""Whole commands against a bare `import torch`: cold, warm, the help, the whole course."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping

from bench.measure import LESSON, Goal, Probe, Scenario, seconds

IMPORT = "import torch"
GRADE = [sys.executable, "-m", "grader"]
RIGHT = [LESSON, "--from", "reference"]

GOALS = (
    Goal("cold", f"`grade {LESSON}` on right solutions, whole process", "cold", 1.0, "x", IMPORT),
    Goal("warm", "the same with a warm grader", "warm", 0.15, "x", IMPORT),
    Goal("course", "all lessons on right solutions", "course", 5.0, "x", IMPORT),
    Goal("help", "`grade --help`", "help", 0.3, "s"),
)


@contextlib.contextmanager
def probes(wanted: Collection[str]) -> Iterator[Mapping[str, Probe]]:
    """Yield the commands; the warm grader runs in a place of its own."""
    with warm_place(start="warm" in wanted) as warm:
        cold = {**warm, "GRADE_WARM": "0"}
        yield {
            IMPORT: lambda: seconds([sys.executable, "-c", "import torch"]),
            "cold": lambda: seconds([*GRADE, *RIGHT], environment=cold),
            "warm": lambda: seconds([*GRADE, *RIGHT], environment=warm),
            "course": lambda: seconds([*GRADE, "--from", "reference"], environment=cold),
            "help": lambda: seconds([*GRADE, "--help"], environment=cold),
        }


@contextlib.contextmanager
def warm_place(*, start: bool) -> Iterator[dict[str, str]]:
    """Yield an environment with a place of its own for a warm grader, which is ended afterwards."""
    place = tempfile.mkdtemp(prefix="gw-")  # a socket's path must be short
    environment = {**os.environ, "XDG_RUNTIME_DIR": place}
    environment.pop("GRADE_WARM", None)
    try:
        if start:
            text = "from grader.serve import start_in_background; start_in_background(wait=True)"
            subprocess.run([sys.executable, "-c", text], env=environment, check=False, capture_output=True)
        yield environment
    finally:
        subprocess.run([*GRADE, "stop"], env=environment, check=False, capture_output=True)
        shutil.rmtree(place, ignore_errors=True)


SCENARIO = Scenario("processes", probes, GOALS)
