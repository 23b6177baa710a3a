"""A student's first hour in a real terminal multiplexer: clone, grade, a wrong answer, a hint, a fix on save, next, reset, list."""

import os
import shutil
import subprocess
import sys
import time

import pytest

WRONG = "def double(x):\n    return 3 * x\n"
_LIMIT_S = 120.0
"""Patience with a busy machine; nothing here is about speed."""

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None, reason="no tmux is installed here; test_watch_live.py has a terminal of its own"
)


class Tmux:
    """A terminal of 80 by 40 in a tmux server of its own."""

    def __init__(self, folder, environment):
        self._name = f"grade-{os.getpid()}"
        self._environment = environment
        self._tmux("-f", os.devnull, "new-session", "-d", "-x", "80", "-y", "40", "-c", str(folder), "sh")

    def _tmux(self, *words):
        command = ["tmux", "-L", self._name, *words]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def type(self, line):
        """Type a line and press Enter, on an empty screen."""
        self._tmux("send-keys", "clear", "Enter")
        self._tmux("send-keys", "-l", line)
        self._tmux("send-keys", "Enter")

    def run(self, command, code=0):
        """Type a command, and return the screen when it has ended with this exit code."""
        self.type(f"{command}; echo en''ded with $?")  # the line itself must not look like its end
        return self.wait_for(f"ended with {code}\n")

    def press(self, key):
        """Press a key."""
        self._tmux("send-keys", key)

    def wait_for(self, words):
        """Return the screen as soon as it shows the words."""
        limit = time.monotonic() + _LIMIT_S
        while words not in (screen := self._tmux("capture-pane", "-p")):
            assert time.monotonic() < limit, screen
            time.sleep(0.05)
        return screen

    def close(self):
        """End the server and what runs in it."""
        subprocess.run(["tmux", "-L", self._name, "kill-server"], check=False, capture_output=True)


@pytest.fixture
def tmux(copied_course, tmp_path):
    """Return a terminal beside a repository that holds the tiny course."""
    commands = (
        ["git", "init", "-q"],
        ["git", "add", "."],
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "The course"],
    )
    for command in commands:
        subprocess.run(command, cwd=copied_course.root, check=True, capture_output=True)
    place = tmp_path / "w"
    place.mkdir()
    made = Tmux(tmp_path, {**os.environ, "XDG_RUNTIME_DIR": str(place), "PS1": "$ ", "TERM": "screen"})
    yield made
    made.close()
    subprocess.run(
        [sys.executable, "-m", "grader", "stop"], env={**os.environ, "XDG_RUNTIME_DIR": str(place)}, check=False
    )


def test_the_first_hour(tmux, copied_course, tmp_path):
    """Every step shows what the student needs for the next one."""
    grade = f"{sys.executable} -m grader"
    tmux.run("git clone -q course mine; cd mine")
    file = tmp_path / "mine" / "exercises" / "lesson_1_1_double" / "ex2_double.py"
    assert "Welcome!" in tmux.run(grade, code=1)
    file.write_text(WRONG)
    assert "0 of 6" in tmux.run(f"{grade} 1.1.2", code=1)
    assert "The whole tensor can be multiplied at once." in " ".join(tmux.run(f"{grade} hint 1.1.2").split())

    tmux.type(f"{grade} watch 1.1.2 1.2")
    tmux.wait_for("q quit")
    file.write_text(copied_course.reference(copied_course.select(["1.1.2"])[0]).read_text())
    assert "now: exercises/lesson_1_2_mean/ex1_mean.py\n" in tmux.wait_for("Solved: 1.1.2")
    tmux.press("n")
    tmux.wait_for("now: exercises/lesson_1_2_mean/ex2_descend.py")
    tmux.press("q")

    assert ".grade/backup/" in "".join(tmux.run(f"{grade} reset 1.1.2").split())
    assert "6 of 6" in tmux.run(f"{grade} list")
    assert "raise NotImplementedError" in file.read_text()
