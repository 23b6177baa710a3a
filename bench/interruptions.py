"""Show that a class gets the same grades, each once, whoever grades it and whatever is killed meanwhile.

uv run python -m bench.interruptions [--count 1000]

Hand-ins of lesson 2.2 (right, wrong, broken, hostile) are graded by one process at a time. Then again, each time with a
journal of its own: with `kill -9` at three random moments, by four at a time, and on a Dask cluster of two workers of which
one is killed in the middle. Everything that the journals say about the work of students, times apart, must be equal.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.class_run import LESSON, ROOT, start_cluster, write_certificates, write_class
from grader.journal import open_journal
from grader.lessons import find_course
from grader.options import UsageError

Grades = dict[str, tuple[str, Any]]
"""By student: when the work was graded, and all that is said about it."""


def grades(path: Path) -> Grades:
    """Return what a journal says, without times."""
    with open_journal(path, read_only=True) as journal:
        return {one.student: (one.graded, _told(one)) for one in journal.grades()}


def _told(grade: Any) -> Any:
    if grade.results is None:
        return grade.failure
    return [
        (exercise.id, exercise.verdict, exercise.earned, exercise.mistakes, check.id, check.verdict, check.message)
        for lesson in grade.results.lessons
        for exercise in lesson.exercises
        for check in exercise.checks
    ]


def start(folder: Path, path: Path, *options: str) -> subprocess.Popen[str]:
    """Start to grade the class."""
    command = [sys.executable, "-m", "grader", "class", str(folder / "class"), LESSON, "--journal", str(path), *options]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finished(process: subprocess.Popen[str]) -> None:
    """Wait for the end; exits with what was said where the grader failed."""
    said, _ = process.communicate()
    if process.returncode:
        sys.exit(f"grade class ended with {process.returncode}:\n{said}")


def wait_for(path: Path, count: int, process: subprocess.Popen[str]) -> int:
    """Wait until so many are graded, and return how many are; a run that ends before has too few hand-ins."""
    while (found := _count(path)) < count:
        if process.poll() is not None:
            sys.exit(f"It ended with {found} of the {count} grades that were waited for.")
        time.sleep(0.02)
    return found


def _count(path: Path) -> int:
    with contextlib.suppress(UsageError), open_journal(path, read_only=True) as journal:
        return sum(1 for _ in journal.grades())
    return 0  # it is not there yet, or has no tables yet


def killed(folder: Path, moments: list[int]) -> tuple[Grades, dict[str, Any]]:
    """Grade with `kill -9` when so many are graded, and go on each time."""
    path, seen, kept, repeated = folder / "killed.sqlite", [], Grades(), 0
    for moment in (*moments, None):
        process = start(folder, path)
        if moment is None:
            finished(process)
        else:
            seen.append(wait_for(path, moment, process))
            process.send_signal(signal.SIGKILL)
            process.communicate()
        now = grades(path)
        repeated += sum(now.get(student) != grade for student, grade in kept.items())
        kept = now
    return kept, {"killed_at": seen, "lost_or_repeated": repeated}


def on_a_cluster(folder: Path, moment: int) -> tuple[Grades, dict[str, Any]]:
    """Grade on two workers and kill one of them when so many are graded."""
    from distributed import Security

    path, files = folder / "cluster.sqlite", write_certificates(Security.temporary(), folder)
    address, processes = start_cluster(folder, files, 2)
    options = ["--scheduler", address, "--tls-ca", files["ca"]]
    process = start(folder, path, *options, "--tls-cert", files["client_cert"], "--tls-key", files["client_key"])
    seen = wait_for(path, moment, process)
    victim = processes[-1].pid
    for pid in (*_children(victim), victim):  # a worker is a process below the one that looks after it
        os.kill(pid, signal.SIGKILL)
    finished(process)
    for one in processes:
        one.kill()
        one.wait()
    return grades(path), {"worker_killed_at": seen}


def _children(pid: int) -> list[int]:
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()))


def main() -> None:
    """Grade five times and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    count = parser.parse_args().count
    course = find_course(ROOT)
    lesson = next(one for one in course.lessons if one.id == LESSON)
    with tempfile.TemporaryDirectory(prefix="interruptions-") as name:
        folder = Path(name)
        with multiprocessing.get_context("spawn").Pool(1) as elsewhere:  # it imports torch, which this process must not
            kinds = elsewhere.apply(write_class, (folder / "class", course, lesson, count, "comment"))
        finished(start(folder, folder / "alone.sqlite", "--jobs", "1"))
        alone = {student: told for student, (_, told) in grades(folder / "alone.sqlite").items()}
        found: dict[str, Any] = {"hand_ins": count, "kinds": dict(kinds), "graded": len(alone)}
        for jobs in (2, 4):
            finished(start(folder, folder / f"jobs{jobs}.sqlite", "--jobs", str(jobs)))
            found[f"{jobs} at a time"] = _compared(alone, grades(folder / f"jobs{jobs}.sqlite"))
        moments = sorted(random.sample(range(count // 20, count - count // 20), 3))
        made, facts = killed(folder, moments)
        found["kill -9"] = facts | _compared(alone, made)
        made, facts = on_a_cluster(folder, count // 3)
        found["cluster"] = facts | _compared(alone, made)
    print(json.dumps(found, indent=2))


def _compared(alone: dict[str, Any], other: Grades) -> dict[str, Any]:
    return {
        "graded": len(other),
        "different": sorted(one for one in alone.keys() | other.keys() if alone.get(one) != other.get(one, ("", 0))[1]),
    }


if __name__ == "__main__":
    main()
