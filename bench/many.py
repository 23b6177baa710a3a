"""Many submissions: what one more costs against a fresh process with the same checks, and memory over hundreds of them.

python -m bench.many twins N FOLDER      prints the seconds of each of N gradings of the same programs, two at a time
python -m bench.many strangers N FOLDER  the same, of programs that have a line of their own each, and must run
python -m bench.many memory N FOLDER     prints by how many MB the parent and its nursery grow over N gradings
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from bench.measure import LESSON, ROOT, Goal, Probe, Scenario, memory, own_words

AT_ONCE = 2
SUBMISSIONS = 20
GRADINGS = 300
SETTLED = 100
"""Gradings after which every cache is full."""
TINY = ROOT / "grader" / "tests" / "course"

GOALS = (
    Goal(
        "twin",
        "one more submission of programs that others handed in with other comments, against a fresh `pytest` process",
        "a twin",
        20.0,
        "x cheaper",
        "a fresh pytest process",
        at_least=True,
    ),
    Goal(
        "stranger",
        "one more submission of programs that nobody handed in before, but that answer like others",
        "a stranger",
        7.0,
        "x cheaper",
        "a fresh pytest process",
        at_least=True,
    ),
)
FLAT = (Goal("flat", f"growth of the parent and its nursery over {GRADINGS} gradings", "growth", 1.0, "MB"),)


@contextlib.contextmanager
def probes(_: Collection[str]) -> Iterator[Mapping[str, Probe]]:
    """Yield seconds for each submission, two at a time in both ways; the first grading of a class is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        for path in (ROOT / "reference").glob("lesson_2_3_*"):
            shutil.copytree(path, Path(folder, path.name), ignore=shutil.ignore_patterns("__pycache__", "mistakes.py"))
        yield {
            "a twin": lambda: _told("twins", str(SUBMISSIONS), folder),
            "a stranger": lambda: _told("strangers", str(SUBMISSIONS), folder),
            "a fresh pytest process": lambda: _fresh(folder),
            "growth": lambda: _told("memory", str(GRADINGS), folder),
        }


def _told(*words: str) -> float:
    command = [sys.executable, "-m", "bench.many", *words]
    return float(json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout))


def _fresh(folder: str) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "bench.fresh", folder, LESSON]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(AT_ONCE)]
    assert [one.wait() for one in running] == [0] * AT_ONCE
    return (time.perf_counter() - started) / AT_ONCE


def main() -> None:
    from grader.apart import grade_apart, new_nursery
    from grader.lessons import find_course
    from grader.request import Request

    what, count, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    nursery = new_nursery()
    course = find_course(TINY if what == "memory" else ROOT)
    chosen = course.select(["1.1.1" if what == "memory" else LESSON])
    own = Path(tempfile.mkdtemp())

    def graded(roots: Sequence[Path]) -> float:
        """Grade submissions and return the seconds."""
        requests = [
            Request(course, chosen, root, device="cpu", jailed=True, memory=own / "answers.sqlite") for root in roots
        ]
        started = time.perf_counter()
        for _, results in grade_apart(requests, jobs=AT_ONCE, nursery=nursery):
            assert not isinstance(results, Exception), results
            assert results.score.earned == results.score.possible > 0
        return time.perf_counter() - started

    if what == "memory":
        graded([course.reference_root] * SETTLED)
        before = _memory()
        graded([course.reference_root] * (count - SETTLED))
        found = _memory() - before
    else:
        kind = "comment" if what == "twins" else "line"
        roots = [_copied(folder, own / str(number), own_words(kind, number, ())) for number in range(count + AT_ONCE)]
        graded(roots[:AT_ONCE])
        found = graded(roots[AT_ONCE:]) / count
    print(json.dumps(found))
    sys.stdout.flush()
    nursery.close()
    shutil.rmtree(own, ignore_errors=True)
    os._exit(0)


def _copied(folder: Path, to: Path, words: str) -> Path:
    """Copy a submission, with words at the end of each of its programs."""
    shutil.copytree(folder, to)
    for path in to.glob("lesson_*/*.py"):
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{words}", encoding="utf-8")
    return to


def _memory() -> float:
    """Return what this process and the nursery, its first child, hold; pages that they share count twice."""
    path = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return sum(memory(pid, "Rss") for pid in (os.getpid(), *path.read_text(encoding="ascii").split()[:1]))


SCENARIO = Scenario("submissions", probes, GOALS)
FLAT_SCENARIO = Scenario("memory over many gradings", probes, FLAT, rounds=1)

if __name__ == "__main__":
    main()
