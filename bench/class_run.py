"""Measure what a class costs: a synthetic one for real, and a large one on a cluster with stand-ins for the gradings.

uv run python -m bench.class_run [--count 1000] [--jobs 2] [--samples 10] [--own comment|line|answers]
uv run python -m bench.class_run --simulate 10000 [--workers 2]

The first grades hand-ins of lesson 2.2 (right, wrong, broken, hostile) as `grade class` does, and in between, on the same
hand-ins and as many at a time, starts a fresh `pytest` for each. Processor seconds, which other programs on the machine disturb
least, come from a control group and need root; without, only the clock is read. The second sends tasks that grade nothing through a
Dask scheduler of its own, over TLS, and watches its memory.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.measure import own_words
from grader.batch.digests import Graders
from grader.batch.execution import Conditions, Outcome, Task
from grader.batch.layouts import Parcel, find
from grader.batch.local import LocalExecutor
from grader.batch.loop import ClassRun, Plan, Tally
from grader.journal import open_journal
from grader.lessons import Course, Lesson, find_course

ROOT = Path(__file__).parents[1]
HOSTILE = ROOT / "grader" / "tests" / "submissions" / "hostile"
LESSON = "2.2"
SHARES = {"right": 40, "wrong": 45, "broken": 7, "hostile": 8}
"""Of a hundred hand-ins."""
ENDLESS = 5
"""Hostile hand-ins in a whole run that loop until their time is over: they cost their limit, whoever grades."""


# The class


def pools(course: Course, lesson: Lesson) -> tuple[dict[str, dict[str, list[str]]], dict[str, list[str]]]:
    """Return programs for each exercise by kind, and its functions; a hostile one attacks first and is right afterwards."""
    from grader.mistakes import load_mistakes
    from grader.proxy import outline

    found: dict[str, dict[str, list[str]]] = {kind: {} for kind in (*SHARES, "endless")}
    names: dict[str, list[str]] = {}
    attacks, endless = hostile_texts()
    for exercise in lesson.exercises:
        reference = course.reference(exercise).read_text(encoding="utf-8")
        stub = course.stub(exercise).read_text(encoding="utf-8")
        alternatives = [path.read_text(encoding="utf-8") for path in course.alternatives(exercise)]
        names[exercise.file] = list(outline(reference)[0])
        found["right"][exercise.file] = [reference, *alternatives]
        found["wrong"][exercise.file] = [one.variant(reference) for one in load_mistakes(course, exercise)]
        found["broken"][exercise.file] = [stub, "", "def (:\n", reference.replace(":\n", "\n", 1), "x = 1\n", "\0\0\0"]
        found["hostile"][exercise.file] = [f"{attack}\n\n{reference}" for attack in attacks]
        found["endless"][exercise.file] = [f"{attack}\n\n{reference}" for attack in endless]
    return found, names


def hostile_texts() -> tuple[list[str], list[str]]:
    """Return the hostile programs of the harness's tests: those that end, and those that run into their limit."""
    ending, endless = [], []
    for told in sorted(HOSTILE.glob("*/expected.toml")):
        facts = tomllib.loads(told.read_text(encoding="utf-8"))
        slow = "timed_out" in facts.get("verdicts", ()) or "timeout" in facts or "longest" in facts
        for path in filter(Path.is_file, sorted(told.parent.glob("lesson_*/*.py"))):
            (endless if slow else ending).append(path.read_bytes().decode("utf-8", "replace"))
    return ending, endless


def write_class(root: Path, course: Course, lesson: Lesson, count: int, what: str) -> Counter[str]:
    """Write the hand-ins, each different from all others in `what`, and return how many there are of each kind."""
    chance = random.Random(0)
    programs, functions = pools(course, lesson)
    kinds = chance.choices(list(SHARES), list(SHARES.values()), k=count)
    for number in chance.sample(range(count), min(ENDLESS, count // 100)):
        kinds[number] = "endless"
    for number, kind in enumerate(kinds):
        bad = chance.choice(lesson.exercises).file if kind in ("broken", "hostile", "endless") else ""
        for exercise in lesson.exercises:
            own = kind if exercise.file == bad or (kind == "wrong" and chance.random() < 0.7) else "right"
            path = root / f"student{number:05}" / exercise.file
            path.parent.mkdir(parents=True, exist_ok=True)
            text = chance.choice(programs[own][exercise.file])
            words = own_words(what if own in ("right", "wrong") else "comment", number, functions[exercise.file])
            path.write_text(f"{text}\n{words}", encoding="utf-8", errors="replace")
    return Counter(kinds)


# One fresh pytest for each


def small_course(folder: Path, course: Course, lesson: Lesson, name: str) -> Path:
    """Return a course with this lesson alone, whose exercises a hand-in will replace."""
    root = folder / name
    for place in ("tests", "reference", "exercises"):
        shutil.copytree(course.root / place / lesson.folder, root / place / lesson.folder)
    shutil.copy(course.published_file, root / "tests")
    shutil.copy(course.feedback_file, root / "reference")
    return root


def fresh_pytests(courses: Sequence[Path], lesson: Lesson, hand_ins: Sequence[Path]) -> float:
    """Grade hand-ins by a fresh pytest each, one at a time in each course; return seconds for one."""
    began = time.perf_counter()
    for group in groups(hand_ins, len(courses)):
        running = []
        for course, hand_in in zip(courses, group, strict=False):
            shutil.copytree(hand_in / lesson.folder, course / "exercises" / lesson.folder, dirs_exist_ok=True)
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/{lesson.folder}"]
            running.append(subprocess.Popen(command, cwd=course, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        for process in running:
            process.wait()
    return (time.perf_counter() - began) / len(hand_ins)


def groups(hand_ins: Sequence[Path], size: int) -> Iterator[Sequence[Path]]:
    """Return the hand-ins, so many at a time."""
    return (hand_ins[place : place + size] for place in range(0, len(hand_ins), size))


# Measuring


class Processor:
    """Seconds of processor time of this process and all that it starts, also of what nobody waits for."""

    def __init__(self) -> None:
        self._group = self._usage = None
        for parent, usage in (("/sys/fs/cgroup/cpuacct", "cpuacct.usage"), ("/sys/fs/cgroup", "cpu.stat")):
            group = Path(parent, f"class-run-{os.getpid()}")
            if Path(parent, usage).exists() and os.access(parent, os.W_OK):
                group.mkdir()
                (group / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
                self._group, self._usage = group, group / usage
                return

    def seconds(self) -> float:
        """Return what was used until now; NaN where it is not known."""
        if self._usage is None:
            return float("nan")
        text = self._usage.read_text(encoding="ascii")
        return int(text.split()[1]) / 1e6 if "usec" in text else int(text) / 1e9

    def close(self) -> None:
        """Remove the control group; everything that was in it but this process has ended."""
        if self._group is not None:
            (self._group.parent / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
            with contextlib.suppress(OSError):
                self._group.rmdir()


def resident_mb(pid: int | str = "self") -> float:
    """Return a process's memory."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Grade a class in parts, with fresh pytests in between."""
    course = find_course(ROOT)
    lesson = next(one for one in course.lessons if one.id == LESSON)
    with multiprocessing.get_context("spawn").Pool(1) as elsewhere:  # it imports torch, which this process must not
        kinds = elsewhere.apply(write_class, (folder / "class", course, lesson, options.count, options.own))
    courses = [small_course(folder, course, lesson, f"fresh{number}") for number in range(options.jobs)]
    graders = Graders(course, device="cpu", timeout=None)
    executor = LocalExecutor(Conditions(str(course.root)), jobs=options.jobs)
    plan = Plan(course, (lesson,), 0, 1, graders)
    parcels = list(find(folder / "class")[1])
    parts = max(1, options.samples // options.jobs)
    size = -(-len(parcels) // parts)
    memory, fresh, mine, tallies = [], [], [], []
    processor, spent, spent_fresh, samples = Processor(), 0.0, 0.0, 0
    with open_journal(folder / "grades.sqlite", new=True) as journal:
        warm_up(plan, journal, executor, parcels[:2])
        for part in range(parts):
            chosen = parcels[part * size : (part + 1) * size]
            began, before = time.perf_counter(), processor.seconds()
            tallies.append(ClassRun(plan, journal, executor, lambda _: None).run(chosen))
            mine.append((time.perf_counter() - began) / max(1, len(chosen)))
            spent += processor.seconds() - before
            memory.append(resident_mb())
            sample = [folder / "class" / one.source for one in chosen[:: max(1, size // options.jobs)][: options.jobs]]
            before = processor.seconds()
            fresh.append(fresh_pytests(courses, lesson, sample))
            spent_fresh += processor.seconds() - before
            samples += len(sample)
            print(f"{part + 1}/{parts}: {1000 * mine[-1]:.0f} ms, fresh {1000 * fresh[-1]:.0f} ms", file=sys.stderr)
        failed = sum(len(one.failures) for one in tallies)
    executor.close()
    processor.close()
    return {
        "hand_ins": len(parcels),
        "kinds": dict(kinds),
        "own": options.own,
        "jobs": options.jobs,
        "class_ms": round(1000 * statistics.fmean(mine), 1),
        "class_ms_median_part": round(1000 * statistics.median(mine), 1),
        "fresh_pytest_ms": round(1000 * statistics.median(fresh), 1),
        "class_processor_ms": round(1000 * spent / len(parcels), 1),
        "fresh_pytest_processor_ms": round(1000 * spent_fresh / samples, 1),
        "processor_ratio": round((spent_fresh / samples) / (spent / len(parcels)), 1),
        "ratio": round(statistics.median(fresh) / statistics.fmean(mine), 1),
        "ratios": [round(slow / fast, 1) for slow, fast in zip(fresh, mine, strict=True)],
        "driver_mb": [round(value, 1) for value in memory],
        "journal_mb": round((folder / "grades.sqlite").stat().st_size / 2**20, 1),
        "failures": failed,
        "load": [round(value, 1) for value in os.getloadavg()],
    }


def warm_up(plan: Plan, journal: Any, executor: LocalExecutor, parcels: Sequence[Parcel]) -> Tally:
    """Import torch in the warm process before the clock runs."""
    return ClassRun(plan, journal, executor, lambda _: None).run(parcels)


# A cluster without gradings


def simulate(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Send a large class through a scheduler; every task returns the same results at once."""
    from distributed import Security

    from grader.batch.cluster import ClusterExecutor, connect

    course = find_course(ROOT)
    lesson = next(one for one in course.lessons if one.id == LESSON)
    for number in range(options.simulate):
        place = folder / "class" / f"student{number:05}" / lesson.folder
        place.mkdir(parents=True)
        (place / f"{lesson.exercises[0].name}.py").write_text(f"x = {number}\n", encoding="utf-8")
    certificates = write_certificates(Security.temporary(), folder)
    address, processes = start_cluster(folder, certificates, options.workers)
    client = connect(address, ca=certificates["ca"], cert=certificates["client_cert"], key=certificates["client_key"])
    client.wait_for_workers(options.workers)
    executor = ClusterExecutor(client, Conditions(str(course.root)), grading=stand_in(results_of(course, lesson)))
    graders = Graders(course, device="cpu", timeout=None)
    memory: list[tuple[int, float, float]] = []

    def look(tally: Tally) -> None:
        if tally.graded >= len(memory) * options.simulate // 20:
            memory.append((tally.graded, resident_mb(processes[0].pid), resident_mb()))

    began = time.perf_counter()
    with open_journal(folder / "grades.sqlite", new=True) as journal:
        tally = ClassRun(Plan(course, (lesson,), 0, 1, graders), journal, executor, look).run(find(folder / "class")[1])
        seconds = time.perf_counter() - began
        kept = sum(one.results is not None for one in journal.grades())
    executor.close()
    for process in processes:
        process.terminate()
        process.wait()
    return {
        "hand_ins": options.simulate,
        "workers": options.workers,
        "seconds": round(seconds, 1),
        "a_second": round(options.simulate / seconds),
        "in_journal": kept,
        "failures": len(tally.failures),
        "scheduler_mb": [round(one[1]) for one in memory],
        "driver_mb": [round(one[2]) for one in memory],
        "load": [round(value, 1) for value in os.getloadavg()],
    }


def write_certificates(security: Any, folder: Path) -> dict[str, str]:
    """Write certificates that are good for this run, and return their files."""
    files = {}
    texts = {"ca": security.tls_ca_file}
    for who in ("scheduler", "worker", "client"):
        texts |= {f"{who}_{part}": getattr(security, f"tls_{who}_{part}") for part in ("cert", "key")}
    for name, text in texts.items():
        path = folder / f"{name}.pem"
        path.write_text(text, encoding="ascii")
        files[name] = str(path)
    return files


def start_cluster(folder: Path, files: dict[str, str], workers: int) -> tuple[str, list[subprocess.Popen[bytes]]]:
    """Start a scheduler and workers as an instructor would, on this machine only."""
    found = folder / "scheduler.json"

    def start(who: str, *words: str) -> subprocess.Popen[bytes]:
        tls = ("--tls-ca-file", files["ca"], "--tls-cert", files[f"{who}_cert"], "--tls-key", files[f"{who}_key"])
        command = [sys.executable, "-m", "dask", who, *tls, "--scheduler-file", str(found), "--no-dashboard", *words]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    scheduler = start("scheduler", "--protocol", "tls", "--host", "127.0.0.1", "--port", "0")
    while not found.exists():
        time.sleep(0.1)
    time.sleep(0.5)
    started = [start("worker", "--nthreads", "1", "--host", "127.0.0.1") for _ in range(workers)]
    return json.loads(found.read_text(encoding="utf-8"))["address"], [scheduler, *started]


def results_of(course: Course, lesson: Lesson) -> bytes:
    """Return the results of one real grading, that of the reference."""
    executor = LocalExecutor(Conditions(str(course.root)), jobs=1)
    files = {one.file: course.reference(one).read_bytes() for one in lesson.exercises}
    executor.submit(Task(1, lesson.id, 0, files))
    while True:
        for outcome in executor.finished(1.0):
            executor.close()
            assert outcome.data, outcome.failure
            return outcome.data


def stand_in(data: bytes) -> Any:
    """Return what workers of the cluster get in the place of the gradings."""
    from grader.batch.cluster import Grading

    class StandIn(Grading):
        def grade(self, tasks: list[Task]) -> list[Outcome]:
            return [Outcome(task.number, data=data) for task in tasks]

    return StandIn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--own", choices=("comment", "line", "answers"), default="comment", help="what nobody else has")
    parser.add_argument("--samples", type=int, default=10, help="fresh pytests")
    parser.add_argument("--simulate", type=int, metavar="COUNT", help="hand-ins on a cluster, without grading")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="class-run-") as folder:
        found = (simulate if options.simulate else measure)(options, Path(folder))
    print(json.dumps(found, indent=2))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
