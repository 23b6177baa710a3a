"""What commands print: it fits a narrow terminal, it needs no colours, and a full disk is one sentence of it."""

import contextlib
import errno
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from grader import cli, options
from grader.guide import GuideError, reset

ROOT = Path(__file__).parents[2]
WRONG = {"lesson_1_1_double/ex2_double.py": "def double(x):\n    return x + 2\n"}
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
COMMANDS = [
    ["list"],
    ["next"],
    ["hint", "1.2.2"],
    ["reset", "1.1.2"],
    ["solution", "1.1.2"],
    ["solution", "1.1.1"],
    ["show", "1.2"],
    ["doctor"],
    ["hint", "9.9"],
    ["--seed", "x"],
    ["--html", "/no/such/folder/report.html"],
    ["--help"],
    *([command, "--help"] for command in ("list", "hint", "reset", "solution", "show", "watch", "doctor")),
]


@pytest.fixture
def here(copied_course, monkeypatch):
    """Return a copy of the tiny course, which is the current folder of a terminal with 80 columns."""
    monkeypatch.chdir(copied_course.root)
    monkeypatch.setenv("COLUMNS", "80")
    for name, text in WRONG.items():
        (copied_course.exercises_root / name).write_text(text, encoding="utf-8")
    return copied_course


def too_long(text):
    """Return the lines that do not fit, unless they hold one word that cannot be broken."""
    return [line for line in COLOURS.sub("", text).splitlines() if cell_len(line.rstrip()) > 80 and " " in line.strip()]


def run(course, *arguments, before=(), **environment):
    """Run a grading as a terminal with 80 columns does, perhaps behind another command."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    return subprocess.run(
        [*before, sys.executable, "-m", "grader", *arguments],
        cwd=course.root,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**kept, "COLUMNS": "80", "GRADE_WARM": "0", **environment},
    )


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_eighty_columns(here, capsys, arguments):
    """Every line that a command prints fits 80 columns."""
    cli.run(arguments)
    printed = capsys.readouterr()

    assert printed.out + printed.err
    assert too_long(printed.out + printed.err) == []


def test_hints_of_the_course(monkeypatch, capsys):
    """The hints of the whole course are broken between words; nothing is lost."""
    monkeypatch.setenv("COLUMNS", "80")
    for path in sorted((ROOT / "tests").glob("lesson_*/hints.toml")):
        text = " ".join(path.read_text(encoding="utf-8").split())
        options.tell(text)
        printed = capsys.readouterr().out
        assert too_long(printed) == []
        assert printed.split() == text.split()


def test_programs_get_one_line(monkeypatch, capsys):
    """Where nobody looks, a message is one line, so that a search finds it whole."""
    monkeypatch.delenv("COLUMNS", raising=False)
    options.tell("word " * 50)
    assert capsys.readouterr().out.count("\n") == 1


def test_a_grading_needs_no_colours(here):
    """With colours a report says the same as without, its lines fit, and verdicts are words beside their signs."""
    plain = run(here, "1.1", NO_COLOR="1")
    coloured = run(here, "1.1", FORCE_COLOR="1", TERM="xterm-256color")

    assert plain.returncode == coloured.returncode == 1
    assert COLOURS.search(coloured.stdout)
    assert COLOURS.sub("", coloured.stdout) == plain.stdout
    assert too_long(plain.stdout) == []
    assert re.search(r"[✗x] 1\.1\.2 .* wrong", plain.stdout)
    assert re.search(r"[○o] 1\.1\.1 .* not attempted", plain.stdout)


@pytest.mark.parametrize("when", ["copy", "write"])
def test_reset_on_a_full_disk(here, monkeypatch, when):
    """Where the old file cannot be kept, or the stub cannot be written, the student's file stays as it is."""
    one = here.select(["1.1.2"])[0]

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(*((shutil, "copy2") if when == "copy" else (Path, "write_text")), full)
    with pytest.raises(GuideError, match="is as it was, because no copy of it can be kept: No space left on device"):
        reset(here, one, "a new stub")

    assert here.stub(one).read_bytes().decode() == WRONG["lesson_1_1_double/ex2_double.py"]
    assert [path.name for path in here.root.rglob("*ex2_double.*") if ".grade" in path.parts] == []
    assert not list(here.exercises_root.rglob("*.fresh"))


def may_mount():
    """Return whether a file system can be mounted that only one process sees."""
    with contextlib.suppress(OSError):
        return not subprocess.run(
            ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False
        ).returncode
    return False


def test_a_full_disk_end_to_end(here):
    """Where `.grade/` is full, a grading gives its marks and its exit code, and one sentence says what was not kept."""
    if not may_mount():
        pytest.skip("mounting needs the rights of root")
    full = (
        'mkdir -p .grade && mount -t tmpfs -o size=4k tmpfs .grade && head -c 4096 /dev/zero > .grade/fill; exec "$@"'
    )
    before = ["unshare", "--mount", "sh", "-c", full, "sh"]
    graded = run(here, "1.1.2", before=before)

    assert graded.returncode == 1
    assert "wrong" in graded.stdout
    assert graded.stderr.count("could not be kept") == 1
    assert too_long(graded.stderr) == []
    reset_ = run(here, "reset", "1.1.2", before=before)
    assert (reset_.returncode, reset_.stdout) == (2, "")
    assert " ".join(reset_.stderr.split()).endswith("no copy of it can be kept: No space left on device.")
    assert "return x + 2" in (here.exercises_root / "lesson_1_1_double" / "ex2_double.py").read_text(encoding="utf-8")
    assert run(here, "1.1.2").stderr == ""
