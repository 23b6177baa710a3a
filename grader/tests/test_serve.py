"""The warm grader says what a cold one says, where and as it was asked, and whatever happens to it costs time only."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from grader import serve, warm

WRONG = "def double(x):\n    print('here')\n    return 3 * x\n"
ENDLESS = "def double(x):\n    while True:\n        pass\n"
_LIMIT_S = 60.0
"""Patience with a busy machine; nothing here is about speed."""


@pytest.fixture(scope="module")
def place():
    """Return the environment of a warm grader that serves the tests of this module."""
    folder = tempfile.mkdtemp(prefix="gw-")  # a socket's path must be short
    made = {**os.environ, "XDG_RUNTIME_DIR": folder}
    made.pop("GRADE_WARM", None)
    yield made
    subprocess.run([sys.executable, "-m", "grader", "stop"], env=made, check=False, capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def warm_place(place):
    """Return that environment with a warm grader in it."""
    text = "from grader.serve import start_in_background; assert start_in_background(wait=True)"
    subprocess.run([sys.executable, "-c", text], env=place, check=True)
    return place


@pytest.fixture
def student(copied_course):
    """Return a course in which a student has worked."""
    (copied_course.exercises_root / "lesson_1_1_double" / "ex2_double.py").write_text(WRONG)
    return copied_course.root


def command(*arguments, cwd, env):
    return subprocess.run(
        [sys.executable, "-m", "grader", *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )


def server(env):
    """Return the number of the warm grader's process, as `grade doctor` tells it."""
    told = subprocess.run(
        [sys.executable, "-c", "from grader.serve import running; found = running(); print(found.pid if found else 0)"],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(told.stdout)


def timeless(text):
    """Return a report without what differs from run to run."""
    return re.sub(r'"(duration_s|started|time|memory)": [^,\n]+|a call takes .*|Run +[\d.]+ s', "", text)


@pytest.mark.parametrize(
    "arguments",
    [
        ["1.1.2"],
        ["1.1", "-v"],
        ["1.1.1", "-q"],
        ["1.2.1", "--from", "reference"],
        ["1.2", "--from", "reference", "--seed", "5", "--no-color"],
        ["1.1.2", "--json", "-"],
        ["1.1.2", "--plain", "--fail-under", "0"],
    ],
)
def test_warm_says_what_cold_says(warm_place, student, arguments):
    """Output, errors and exit code are those of a run without a warm grader; only costs and times may differ."""
    cold = command(*arguments, cwd=student, env={**warm_place, "GRADE_WARM": "0"})
    found = command(*arguments, cwd=student, env=warm_place)

    assert server(warm_place)
    assert (found.returncode, found.stderr) == (cold.returncode, cold.stderr)
    assert timeless(found.stdout) == timeless(cold.stdout)


def test_it_is_the_warm_grader_that_answers(warm_place, student):
    """The one who asks imports neither torch nor pytest nor a parser."""
    env = {**warm_place, "PYTHONPROFILEIMPORTTIME": "1"}
    found = command("1.1.2", cwd=student, env=env)
    names = {line.rpartition("|")[2].strip() for line in found.stderr.splitlines()}

    assert "Score" in found.stdout
    assert {"grader.warm", "socket"} <= names
    assert not {"torch", "pytest", "rich", "argparse", "grader.cli"} & names


def test_files_are_written_where_it_was_asked(warm_place, student):
    """A relative path is meant from the folder of the one who asks, and progress is kept there."""
    found = command("1.1.2", "--json", "out.json", "--html", "out.html", cwd=student, env=warm_place)

    assert found.returncode == 1
    assert json.loads((student / "out.json").read_text())["score"]["possible"] == 6
    assert "<html" in (student / "out.html").read_text()
    assert (student / ".grade" / "progress.sqlite").is_file()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["9.9"], 2), (["--nope"], 2), (["1.1", "--json", "no/where"], 2), (["1.1", "--seed", "x"], 2)],
)
def test_wrong_uses_are_refused_as_ever(warm_place, student, arguments, code):
    """A wrong use gets its sentence and its exit code."""
    found = command(*arguments, cwd=student, env=warm_place)

    assert (found.returncode, found.stdout) == (code, "")
    assert found.stderr.startswith("grade: ")


def test_checks_that_were_edited(warm_place, student):
    """A check file that changes is collected anew."""
    before = command("1.1.2", "--json", "-", cwd=student, env=warm_place)
    file = student / "tests" / "lesson_1_1_double" / "test_ex2_double.py"
    file.write_text(file.read_text().replace("points=6", "points=7"))
    after = command("1.1.2", "--json", "-", cwd=student, env=warm_place)

    assert [json.loads(one.stdout)["score"]["possible"] for one in (before, after)] == [6, 7]


def test_the_warm_grader_dies(warm_place, student):
    """When it is killed while it grades, the command grades by itself; the next warm grader takes the dead one's place."""
    (student / "exercises" / "lesson_1_1_double" / "ex2_double.py").write_text(ENDLESS)
    asking = subprocess.Popen(
        [sys.executable, "-m", "grader", "1.1.2"],
        cwd=student,
        env=warm_place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    _until(lambda: _busy_below(server(warm_place)))
    os.kill(server(warm_place), signal.SIGKILL)
    out, errors = asking.communicate(timeout=_LIMIT_S)

    assert (asking.returncode, errors) == (1, "")
    assert "0 of 6" in out
    assert server(warm_place) == 0
    text = "from grader.serve import start_in_background; assert start_in_background(wait=True)"
    subprocess.run([sys.executable, "-c", text], env=warm_place, check=True)


def test_nobody_waits_any_more(warm_place, student):
    """When the one who asked is interrupted, its grading and the student's program end."""
    (student / "exercises" / "lesson_1_1_double" / "ex2_double.py").write_text(ENDLESS)
    asking = subprocess.Popen([sys.executable, "-m", "grader", "1.1.2"], cwd=student, env=warm_place)
    warm_grader = server(warm_place)
    _until(lambda: _busy_below(warm_grader))
    asking.send_signal(signal.SIGINT)

    assert asking.wait(timeout=_LIMIT_S) == 130
    _until(lambda: not _busy_below(warm_grader))


def _until(condition):
    limit = time.monotonic() + _LIMIT_S
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.1)


def _busy_below(pid):
    """Return the descendants of a process that are running."""
    found = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
        try:
            state = Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
            found += [child] * (state == "R") + _busy_below(child)
        except OSError:
            continue
    return found


def test_a_folder_of_others_is_refused(monkeypatch, tmp_path):
    """Where others may write to the socket's folder, there is no warm grader."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / f"grade-warm-{os.getuid()}").mkdir(mode=0o777)
    (tmp_path / f"grade-warm-{os.getuid()}").chmod(0o777)

    with pytest.raises(warm.WarmError, match="remove it"):
        warm.address()
    assert serve.running() is None


def test_one_runs_although_many_were_started(place, tmp_path):
    """Commands one after the other start a warm grader each while none answers yet; one of them stays."""
    env = {**place, "XDG_RUNTIME_DIR": str(tmp_path)}
    started = [subprocess.Popen([sys.executable, "-m", "grader", "serve"], env=env, cwd="/") for _ in range(4)]
    _until(lambda: server(env))
    _until(lambda: sum(one.poll() is None for one in started) == 1)
    [stays] = [one for one in started if one.poll() is None]

    assert server(env) == stays.pid
    subprocess.run([sys.executable, "-m", "grader", "stop"], env=env, check=True, stdout=subprocess.DEVNULL)
    assert stays.wait(timeout=_LIMIT_S) == 0


def test_it_ends_by_itself(place, tmp_path):
    """A warm grader that nobody asks ends after its time, and leaves no socket."""
    env = {**place, "XDG_RUNTIME_DIR": str(tmp_path)}
    text = (
        "from grader import command, serve; serve.serve(serve.Commands(command.Command, command.place_of), idle_s=0.1)"
    )
    done = subprocess.run([sys.executable, "-c", text], env=env, check=False, timeout=_LIMIT_S)

    assert done.returncode == 0
    assert not list(tmp_path.glob("grade-warm-*/*.sock"))
