"""Whole commands against a bare `import torch`: cold, warm, the help, the whole course."""

import contextlib
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from bench.measure import LESSON, ROOT, Goal, Probe, Scenario, own_words, seconds

IMPORT = "import torch"
GRADE = [sys.executable, "-m", "grader"]
RIGHT = [LESSON, "--from", "reference"]

GOALS = (
    Goal("cold", f"`grade {LESSON}` on right solutions, whole process", "cold", 1.0, "x", IMPORT),
    Goal("warm", "the same with a warm grader, after an edit", "warm", 0.15, "x", IMPORT),
    Goal("again", "the same with a warm grader, without one", "again", 0.15, "x", IMPORT),
    Goal("course", "all lessons on right solutions", "course", 5.0, "x", IMPORT),
    Goal("help", "`grade --help`", "help", 0.3, "s"),
)


@contextlib.contextmanager
def probes(wanted: Collection[str]) -> Iterator[Mapping[str, Probe]]:
    """Yield the commands; the warm grader runs in a place of its own."""
    with warm_place(start=bool({"warm", "again"} & set(wanted))) as warm, tempfile.TemporaryDirectory() as folder:
        cold = {**warm, "GRADE_WARM": "0"}
        [lesson] = (ROOT / "reference").glob(f"lesson_{LESSON.replace('.', '_')}_*")
        files = list(Path(shutil.copytree(lesson, Path(folder, lesson.name))).glob("ex*.py"))
        number = itertools.count()

        def edited() -> float:
            words = own_words("line", next(number), [])
            for path in files:
                path.write_text(f"{path.read_text(encoding='utf-8')}{words}", encoding="utf-8")
            return seconds([*GRADE, LESSON, "--from", folder], environment=warm)

        yield {
            IMPORT: lambda: seconds([sys.executable, "-c", "import torch"]),
            "cold": lambda: seconds([*GRADE, *RIGHT], environment=cold),
            "warm": edited,
            "again": lambda: seconds([*GRADE, *RIGHT], environment=warm),
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
