"""`grade class` as it is typed, with real gradings: killed, with more workers, on a cluster, under attack."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.batch.execution import Conditions, Task
from grader.batch.local import LocalExecutor
from grader.journal import open_journal
from grader.options import UsageError
from grader.results import from_json
from grader.tests.gradings import PROGRAMS

PRESENT = ("right", "wrong_factor", "raises", "exits", "memorised", "surrogates", "forbidden", "mutates", "null_bytes")


@pytest.fixture(scope="module")
def hand_ins(tmp_path_factory):
    """Return a folder with right, wrong, broken and hostile hand-ins."""
    root = tmp_path_factory.mktemp("class")
    for name in PRESENT:
        shutil.copytree(PROGRAMS / "tiny" / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(root / "right" / "lesson_1_2_mean")
    (root / "broken.zip").write_bytes(b"PK and nothing more")
    return root


@pytest.fixture
def grade_class(course, hand_ins):
    """Return `grade_class(journal, *options)`: the running command."""

    def start(journal, *options):
        return subprocess.Popen(
            [sys.executable, "-m", "grader", "class", hand_ins, "--journal", journal, *map(str, options)],
            cwd=course.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


def ended(process):
    """Wait, and return what was said and the exit code."""
    said, _ = process.communicate(timeout=120)
    return said, process.returncode


def grades(path):
    """Return the grades in a journal by student and lesson; nothing while there is none."""
    with contextlib.suppress(UsageError), open_journal(path, read_only=True) as journal:
        return {(one.student, one.lesson): one for one in journal.grades()}
    return {}


def verdicts(path):
    """Return all that a journal says about the work of students, without times."""
    return {
        key: [
            (exercise.id, exercise.verdict, exercise.earned, exercise.mistakes, check.id, check.verdict, check.message)
            for lesson in one.results.lessons
            for exercise in lesson.exercises
            for check in exercise.checks
        ]
        for key, one in grades(path).items()
    }


def wait_until(true, seconds=60.0):
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.05)


def below(pid):
    """Return the processes that a process has started."""
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()))


@pytest.fixture(scope="module")
def alone(tmp_path_factory, course, hand_ins):
    """Return the journal of the class, graded one at a time."""
    path = tmp_path_factory.mktemp("alone") / "grades.sqlite"
    command = [sys.executable, "-m", "grader", "class", hand_ins, "--journal", path, "--jobs", "1"]
    subprocess.run(command, cwd=course.root, check=True, capture_output=True, timeout=120)
    return path


def test_every_hand_in_has_its_grade(alone):
    """Right, wrong, broken and hostile hand-ins are graded; one that cannot be read has a sentence and no grade."""
    points = {student: one.earned for (student, _), one in grades(alone).items()}

    assert set(points) == set(PRESENT)
    assert points["right"] == 10
    assert points["exits"] < 10
    with open_journal(alone) as journal:
        assert [(one.student, one.digest) for one in journal.hand_ins() if one.problem and not one.digest] == [
            ("broken", "")
        ]


def test_four_at_a_time(grade_class, alone, tmp_path):
    """Verdicts, points, mistakes and messages of four gradings at a time are those of one."""
    assert ended(grade_class(tmp_path / "grades.sqlite", "--jobs", 4))[1] == 0

    assert verdicts(tmp_path / "grades.sqlite") == verdicts(alone)


def test_killed_three_times(grade_class, alone, tmp_path):
    """`kill -9` at three moments, two gradings at a time: no finished grade is lost or repeated, no process is left."""
    path = tmp_path / "grades.sqlite"
    before = {}
    for reached in (1, 3, 6):
        run = grade_class(path, "--jobs", 2)
        wait_until(lambda reached=reached: len(grades(path)) >= reached)
        started = below(run.pid)
        run.kill()
        ended(run)
        wait_until(lambda started=started: not any(Path(f"/proc/{pid}").exists() for pid in started))
        now = grades(path)
        assert {key: one.graded for key, one in now.items() if key in before} == before
        before = {key: one.graded for key, one in now.items()}
    said, code = ended(grade_class(path, "--jobs", 2))

    assert code == 0
    assert f"{len(PRESENT) - len(before)} lessons graded, {len(before)} known before" in said
    assert {key: one.graded for key, one in grades(path).items() if key in before} == before
    assert verdicts(path) == verdicts(alone)


@pytest.fixture
def heeding():
    """Have programs that are started meanwhile heed Ctrl-C, also where the tests run in the background and do not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeding")
def test_interrupted(grade_class, tmp_path):
    """Ctrl-C keeps what is finished and says how to go on."""
    path = tmp_path / "grades.sqlite"
    run = grade_class(path, "--jobs", 1)
    wait_until(lambda: grades(path))
    run.send_signal(signal.SIGINT)
    said, code = ended(run)

    assert code == 130
    assert "The same command goes on from there." in said
    assert "Traceback" not in said


def test_a_grader_that_is_killed(course):
    """When the warm process dies, another is started, and what it was grading is told to have failed."""
    executor = LocalExecutor(Conditions(str(course.root)), jobs=1)
    try:
        executor.submit(Task(1, "1.1", 0, {}))
        os.kill(executor._warm.process.pid, signal.SIGKILL)
        outcomes = []
        wait_until(lambda: outcomes.extend(executor.finished(1.0)) or outcomes)
        executor.submit(Task(2, "1.1", 0, {}))
        wait_until(lambda: outcomes.extend(executor.finished(1.0)) or len(outcomes) == 2)
    finally:
        executor.close()

    assert outcomes[0].failure
    assert from_json(outcomes[1].data).score.possible == 10


def test_hand_ins_are_private(course):
    """The files of a hand-in lie where only this user reads them, under no name of a student, and not for long."""
    executor = LocalExecutor(Conditions(str(course.root)), jobs=1)
    executor.submit(Task(1, "1.1", 0, {"lesson_1_1_double/quiz.py": b"x"}))

    assert executor._place.folder.stat().st_mode & 0o077 == 0
    assert [path.parent.parent.name for path in executor._place.folder.glob("*/*/quiz.py")] == ["1-1"]
    executor.close()
    assert not executor._place.folder.exists()


def test_the_driver_does_without_torch():
    """What reads hand-ins and writes the journal never imports torch: its memory stays small."""
    program = "import grader.batch.command, grader.batch.loop, grader.batch.local, sys; print('torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd="/")

    assert told.stdout == "False\n"


_ON_A_CLUSTER = """
import json, os, signal, sys
from pathlib import Path
from grader.batch.cluster import ClusterExecutor, connect
from grader.batch.digests import Graders
from grader.batch.execution import Conditions
from grader.batch.layouts import find
from grader.batch.loop import ClassRun, Plan
from grader.journal import open_journal
from grader.lessons import find_course

def main():
    course, killed = find_course(Path.cwd()), []
    graders = Graders(course, device="cpu", timeout=None)
    client = connect(None, local=2)
    pids = list(client.run(os.getpid).values())
    conditions = Conditions(str(course.root), graders={one.id: graders.of(one) for one in course.lessons})
    executor = ClusterExecutor(client, conditions, batch=2)
    def look(tally):
        if tally.graded >= 2 and not killed:
            killed.append(pids[0])
            os.kill(pids[0], signal.SIGKILL)
    with open_journal(sys.argv[2], new=True) as journal:
        plan = Plan(course, (), 0, 99, graders)
        tally = ClassRun(plan, journal, executor, look).run(find(Path(sys.argv[1]))[1])
    print(json.dumps([client.scheduler.address[:6], len(killed), tally.graded, tally.failures]), flush=True)
    executor.close()

if __name__ == "__main__":
    main()
"""


def test_a_cluster_that_loses_a_worker(course, hand_ins, alone, tmp_path):
    """Two workers of a Dask cluster, one of them killed in the middle, give the same verdicts, each once, over TLS."""
    pytest.importorskip("distributed")
    program, path = tmp_path / "on_a_cluster.py", tmp_path / "grades.sqlite"
    program.write_text(_ON_A_CLUSTER, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, program, hand_ins, path],
        cwd=course.root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == ["tls://", 1, len(PRESENT), []]
    assert verdicts(path) == verdicts(alone)
