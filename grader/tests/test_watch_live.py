"""`grade watch` and the warm grader as a student meets them: a terminal, saves, keys, and processes that are killed."""

import contextlib
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

_LIMIT_S = 120.0
"""Patience with a busy machine; nothing here is about speed."""


class Terminal:
    """A program in a terminal of its own: what it has drawn, and keys for it."""

    def __init__(self, arguments, cwd, environment):
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execve(sys.executable, [sys.executable, "-m", "grader", *arguments], environment)
        self.drawn = ""

    def wait_for(self, words):
        """Read until the words are drawn; everything up to them is forgotten."""
        limit = time.monotonic() + _LIMIT_S
        while words not in self.drawn:
            assert time.monotonic() < limit, self.drawn[-3000:]
            if select.select([self.end], [], [], 0.5)[0]:
                self.drawn += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", os.read(self.end, 1 << 16).decode())
        self.drawn = self.drawn.partition(words)[2]

    def press(self, key):
        """Press a key."""
        os.write(self.end, key.encode())

    def close(self):
        """End the program."""
        with contextlib.suppress(ProcessLookupError, ChildProcessError, OSError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.end)


@pytest.fixture
def environment():
    """Return an environment with a place of its own for the warm grader, which is ended afterwards."""
    place = tempfile.mkdtemp(prefix="gw-")  # a socket's path must be short
    made = {**os.environ, "XDG_RUNTIME_DIR": place, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "40"}
    yield made
    subprocess.run([sys.executable, "-m", "grader", "stop"], env=made, check=False, capture_output=True)
    shutil.rmtree(place, ignore_errors=True)


def warm_process(environment):
    """Return the process of the warm grader."""
    text = "from grader.serve import running; print(running().pid)"
    return int(subprocess.run([sys.executable, "-c", text], env=environment, capture_output=True, check=True).stdout)


def right(course, name):
    return next(course.reference(one).read_text() for one in course.exercises if one.name == name)


@pytest.fixture
def terminal(copied_course, environment):
    """Return `grade watch 1.2` on a copy of the tiny course."""
    made = Terminal(["watch", "1.2"], copied_course.root, environment)
    yield made
    made.close()


def test_a_session(terminal, copied_course, environment):
    """Wrong, hint, right, the next exercise, a killed grader, a reset, the end: all on saves and keys."""
    mean, descend = copied_course.select(["1.2"])
    place = copied_course.stub(mean)
    terminal.wait_for("q quit")
    place.write_text("def mean(X):\n    return X.sum(0)\n")
    terminal.wait_for("wrong")
    terminal.wait_for("q quit")
    terminal.press("h")
    terminal.wait_for("Hint 1 of 3:")
    terminal.wait_for("q quit")
    place.write_text("def mean(X:\n")
    terminal.wait_for("cannot be read as Python")
    fresh = place.with_suffix(".new")  # as editors save: written beside, then renamed
    fresh.write_text(right(copied_course, mean.name))
    fresh.replace(place)
    terminal.wait_for(f"Solved: {mean.id}")
    terminal.wait_for(f"now: exercises/{descend.file}")
    os.kill(warm_process(environment), signal.SIGKILL)
    copied_course.stub(descend).write_text("def descend(w, grad_fn, lr, epochs):\n    return w, []\n")
    terminal.wait_for("wrong")
    terminal.wait_for("q quit")
    terminal.press("r")
    terminal.wait_for("is the stub again; your version is .grade/backup/")
    copied_course.stub(descend).write_text(right(copied_course, descend.name))
    terminal.wait_for("Congratulations! Every exercise here is solved.")
    terminal.wait_for("2 of 2 solved")
    terminal.press("q")
    assert os.waitpid(terminal.pid, 0)[1] == 0


def test_a_killed_watcher_leaves_a_usable_course(terminal, copied_course, environment):
    """After `kill -9` the next command finds progress, files and the warm grader as they were."""
    mean, _ = copied_course.select(["1.2"])
    terminal.wait_for("q quit")
    copied_course.stub(mean).write_text(right(copied_course, mean.name))
    terminal.wait_for(f"Solved: {mean.id}")
    os.kill(terminal.pid, signal.SIGKILL)
    command = [sys.executable, "-m", "grader"]
    options = {"cwd": copied_course.root, "env": environment, "capture_output": True, "text": True}
    listed = subprocess.run([*command, "list", "1.2"], check=False, **options)
    graded = subprocess.run([*command, "1.2.1", "-q"], check=False, **options)

    assert "(one attempt)" in listed.stdout
    assert (graded.returncode, graded.stderr) == (0, "")


def results_of(done):
    """Return what two runs must have in common: everything but their times and costs."""
    return re.sub(r'"(started|duration_s|time|memory)": [^,\n]+', "", done.stdout)


def test_warm_and_cold_results_are_the_same(copied_course, environment):
    """The warm grader gives the same results, and a command without one gives them, too."""
    options = {"cwd": copied_course.root, "env": environment, "capture_output": True, "text": True}
    command = [sys.executable, "-m", "grader", "1.2", "--from", "reference", "--json", "-"]
    cold = subprocess.run(command, check=False, **options)
    start = "from grader.serve import start_in_background; print(start_in_background(wait=True))"
    assert subprocess.run([sys.executable, "-c", start], check=False, **options).stdout == "True\n"
    warm = subprocess.run(command, check=False, **options)

    assert results_of(warm) == results_of(cold)
    assert warm.returncode == cold.returncode == 0
    folder = next(Path(environment["XDG_RUNTIME_DIR"]).iterdir())
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_of_somebody_else_is_not_used(copied_course, environment):
    """A folder that others could write to is refused, and grading goes on without it."""
    folder = Path(environment["XDG_RUNTIME_DIR"]) / f"grade-warm-{os.getuid()}"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    options = {"cwd": copied_course.root, "env": environment, "capture_output": True, "text": True}
    served = subprocess.run([sys.executable, "-m", "grader", "serve"], check=False, **options)
    graded = subprocess.run(
        [sys.executable, "-m", "grader", "1.1", "--from", "reference", "-q"], check=False, **options
    )

    assert served.returncode == 2
    assert "belongs to somebody else or is open to others: remove it." in " ".join(served.stderr.split())
    assert graded.returncode == 0
