"""What a run costs, in counts that no clock and no busy machine can change: imports, forks, messages, bytes.

A number that grows here is work that every student waits for. Raise a limit only for a reason that is worth it.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES_OF_HELP = 125
MODULES_OF_A_WORKER = 210
"""Beyond those of `import torch`."""
FORKS, WORKERS, MESSAGES, BYTES = 4, 4, 244, 54_000
"""Of lesson 1.2 of the tiny course, on right solutions."""
HEAVY = {
    "torch",
    "numpy",
    "pytest",
    "_pytest",
    "rich",
    "msgspec",
    "jinja2",
    "asyncio",
    "sqlite3",
    "watchfiles",
    "socket",
}
"""Packages that a command line needs for a grading, and not to say what it can do."""


def imported(*arguments, cwd=HERE / "course"):
    """Return the modules that a command imports, once for each process that does so."""
    done = subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPROFILEIMPORTTIME": "1", "GRADE_WARM": "0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return re.findall(r"^import time: .*\| +(\S+)$", done.stderr, flags=re.MULTILINE)


def counted(*arguments):
    """Return the counts of a grading in a fresh process."""
    command = [sys.executable, str(HERE / "counting.py"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def sizes():
    return counted("--sizes")


def test_torch_is_imported_once():
    """A whole grading imports torch in one process; all others are forks of it."""
    names = imported("1.2", "--from", "reference")

    assert names.count("torch") == 1
    assert names.count("numpy") <= 1
    assert "tqdm.std" not in names
    assert not {"torch._dynamo.convert_frame", "torch._inductor"} & set(names)


def test_the_help_imports_nothing_heavy():
    """`grade --help` imports what it needs to read a command line."""
    names = set(imported("--help"))

    assert not HEAVY & {name.partition(".")[0] for name in names}
    assert {name for name in names if name.startswith("grader")} == {
        *("grader", "grader.cli", "grader.command", "grader.lessons", "grader.options", "grader.progress_line"),
        *("grader.request", "grader.words"),
    }
    assert len(names) <= MODULES_OF_HELP


def test_workers_at_once():
    """An exercise's workers end with its last check: a longer run has more workers, but not more at once."""
    one, all_ = counted(HERE / "course", "1.2"), counted(HERE / "course")

    assert all_["forks"] > one["forks"]
    assert all_["workers"] <= one["workers"] + 1 <= WORKERS + 1


def test_forks_and_messages_of_a_lesson():
    """A lesson of the tiny course forks so many workers, and exchanges so many messages and bytes with them."""
    found = counted(HERE / "course", "1.2")

    assert found["forks"] <= FORKS
    assert found["messages"] <= MESSAGES
    assert found["bytes"] <= BYTES


@pytest.mark.parametrize("what", ["list", "tensor"])
def test_messages_do_not_grow_with_the_arguments(sizes, what):
    """A call is one message and its answer another one, however many entries it has."""
    assert sizes[what] == [2, 2]


def test_a_worker_holds_what_it_needs(sizes):
    """A worker has torch and its own side of the wire; nothing of the grader that could hold a secret, no compiler."""
    names = set(sizes["modules"])
    ours = {name for name in names if name.partition(".")[0] == "grader"}

    assert "torch" in names
    assert "tqdm" not in names  # nor a mark that it is missing: a submission may import it
    assert {name for name in ours if not name.startswith("grader.worker")} <= {
        *("grader", "grader.early", "grader.grading", "grader.lessons", "grader.request", "grader.results"),
    }
    assert not {"torch._dynamo.convert_frame", "jinja2", "sqlite3"} & names
    bare = subprocess.run(
        [sys.executable, "-c", "import sys, torch; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    assert len(names - set(bare.stdout.split())) <= MODULES_OF_A_WORKER
