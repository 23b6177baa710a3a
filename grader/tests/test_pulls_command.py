"""`grade ci` grades a pull request, tells the CI service, and gives student code nothing of the runner."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from grader import cli
from grader.lessons import find_course
from grader.pulls import blobs, code_quality, command
from grader.pulls.runner import clean_environment
from grader.reports import github
from grader.results import from_json
from grader.tests import sample_results
from grader.tests.pull_requests import DESCEND, DOUBLE, MEAN, Repository, obeyed

SECRET = "canary-5f1c2a"
RIGHT = "def mean(X):\n    if not len(X):\n        raise ValueError('no rows')\n    return X.mean(dim=0)\n"
LOUD = f"""
import glob, os, sys
SAID = '''
::error::hostile
  ::set-output name=x::hostile
::add-mask::mean
::stop-commands::hostile
##[error]hostile
##vso[task.setvariable]hostile
\\x1b[2J\\x1b]0;hostile\\x07
@everyone ![x](https://example.org/x) <script>hostile</script> | # hostile
'''
def mean(X):
    print(SAID)
    print(SAID, file=sys.stderr)
    os.write(1, SAID.encode())
    print('found', sorted(name for name in os.environ if 'GITHUB' in name or 'TOKEN' in name))
    for path in glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline'):
        try:
            data = open(path, 'rb').read()
        except OSError:
            continue
        if b'{SECRET[:6]}' + b'{SECRET[6:]}' in data:
            print('STOLEN', path)
    return X.sum(dim=0)
"""
HOSTILE_PARTS = ("<script", "@everyone", "![x]", "::error")
FILES = ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")


@pytest.fixture
def repository(copied_course):
    made = Repository(copied_course.root)
    made.begin()
    return made


@pytest.fixture
def runner(tmp_path):
    """The variables that GitHub's runner sets, with its command files and a token."""
    files = {name: tmp_path / name.lower() for name in FILES}
    for path in files.values():
        path.touch()
    tokens = {"GITHUB_TOKEN": SECRET, "ACTIONS_RUNTIME_TOKEN": SECRET, "GH_TOKEN": SECRET, "SSH_AUTH_SOCK": SECRET}
    return {"GITHUB_ACTIONS": "true", **{name: str(path) for name, path in files.items()}, **tokens}


def ci(repository, commit, *words, **environment):
    """Run `grade ci` as a step does; return the process and the folder of the reports."""
    out = repository.root.parent / "report"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    done = subprocess.run(
        [sys.executable, "-m", "grader", "ci", "--commit", commit, "--out", str(out), *words],
        cwd=repository.root,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**kept, **environment},
    )
    return done, out


def test_an_honest_pull_request(repository, runner):
    """The lesson that changed is graded and reported in every form; the job's page says what graded what."""
    commit = repository.branch({f"exercises/{MEAN}": RIGHT, "README.md": "# Hello @everyone"})

    done, out = ci(repository, commit, "--gitlab", **runner)

    assert done.returncode == 1, done.stderr
    results = from_json((out / "result.json").read_bytes())
    assert results.submission == commit
    assert [(one.id, one.verdict) for lesson in results.lessons for one in lesson.exercises] == [
        ("1.2.1", "passed"),
        ("1.2.2", "not_attempted"),
    ]
    assert {path.name for path in out.iterdir()} == {
        *("result.json", "report.html", "junit.xml", "summary.md", "gl-code-quality.json")
    }
    assert {case.get("classname") for case in ET.parse(out / "junit.xml").iter("testcase")} == {"1.2"}
    page = (out / "summary.md").read_text()
    assert Path(runner["GITHUB_STEP_SUMMARY"]).read_text() == page
    assert "## Score: 4 of 10 points (40 %)" in page
    base = repository.git("rev-parse", "main")
    assert f"Commit `{commit[:12]}`, graded by the course at `{base[:12]}`." in page
    assert "- Changed, but without any effect on this grading: README\\.md." in page
    assert obeyed(done.stdout) == []


def test_a_hostile_pull_request(repository, runner):
    """What the code prints is no command and no markup, and nothing of the runner is within its reach."""
    repository_before = repository.git("status", "--porcelain", "--untracked-files=all")
    commit = repository.branch(
        {
            f"exercises/{MEAN}": LOUD,
            f"exercises/{DESCEND}": ("120000", "../../reference/lesson_1_2_mean/ex2_descend.py"),
            "tests/lesson_1_2_mean/test_ex1_mean.py": "EXERCISE = 0",
            "conftest.py": "raise SystemExit(0)",
            "::error::name.py": "",
        }
    )

    done, out = ci(repository, commit, "--gitlab", **runner)

    assert done.returncode == 1, done.stderr
    results = from_json((out / "result.json").read_bytes())
    verdicts = {one.id: one.verdict for lesson in results.lessons for one in lesson.exercises}
    assert verdicts == {"1.2.1": "wrong", "1.2.2": "not_attempted"}
    printed = "".join(check.output for check in results.lessons[0].exercises[0].checks)
    assert "hostile" in printed  # it ran
    assert "found []" in printed
    assert "STOLEN" not in printed
    commands = obeyed(done.stdout)
    assert commands == github.annotations(results).splitlines()
    assert all(command.startswith(f"::error file=exercises/{MEAN}") for command in commands)
    everything = done.stdout + done.stderr + "".join(path.read_text() for path in out.iterdir())
    assert SECRET not in everything
    assert "\x1b" not in everything
    assert "<script>hostile" not in (out / "report.html").read_text()
    markup = re.sub(r"^(`{3,})text\n.*?^\1$", "", (out / "summary.md").read_text(), flags=re.DOTALL | re.MULTILINE)
    assert [part for part in HOSTILE_PARTS if part in markup] == []
    for name in set(FILES) - {"GITHUB_STEP_SUMMARY"}:
        assert Path(runner[name]).read_text() == ""
    assert repository.git("status", "--porcelain", "--untracked-files=all") == repository_before


def test_full_marks(repository):
    """Full marks end with 0, without a CI service, too; targets choose what is graded whatever has changed."""
    reference = (repository.root / "reference" / DOUBLE).read_text()

    done, out = ci(repository, repository.branch({f"exercises/{DOUBLE}": reference}), "1.1.2", "--seed", "5")

    assert done.returncode == 0, done.stderr
    assert "::" not in done.stdout
    results = from_json((out / "result.json").read_bytes())
    assert (results.seed, results.score.earned) == (5, 6)


def test_nothing_to_grade(repository, runner, capfd, monkeypatch):
    """A pull request without exercises is graded by nobody and refused by nobody; an old result does not stay."""
    out = repository.root.parent / "report"
    out.mkdir()
    (out / "result.json").write_text("{}")
    for name, value in runner.items():
        monkeypatch.setenv(name, value)
    commit = repository.branch({"docs/page.md": "x"})

    code = cli.run(["ci", "--commit", commit, "--out", str(out), "--repository", str(repository.root)])

    assert code == 0
    printed = capfd.readouterr().out
    assert "The pull request changes no exercise: there is nothing to grade." in printed
    assert obeyed(printed) == []
    assert [path.name for path in out.iterdir()] == ["summary.md"]
    assert Path(runner["GITHUB_STEP_SUMMARY"]).read_text().startswith("## Nothing to grade\n")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--out", "x"], "The following arguments are required: --commit. `uv run grade --help` shows the options."),
        (["--commit", "HEAD"], "The following arguments are required: --out. `uv run grade --help` shows the options."),
        (["9.9", "--commit", "HEAD", "--out", "{tmp}"], "There is no lesson or exercise `9.9`. Near it: 1.1, 1.2. `uv run grade list` shows all; lessons here: 1.1, 1.2."),
        (["--commit", "HEAD", "--out", "{tmp}/file/x"], "The folder `{tmp}/file/x` cannot be used: Not a directory."),
        (["--commit", "nope", "--out", "{tmp}"], "There is no commit `nope` here. Fetch it first: `git fetch origin pull/NUMBER/head`."),
        (["comment", "{tmp}/none.json"], "`{tmp}/none.json` cannot be read: No such file or directory."),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)  # fmt: skip
def test_wrong_uses(repository, monkeypatch, capsys, tmp_path, words, sentence):
    """A wrong use is one sentence on standard error, and exit code 2."""
    monkeypatch.chdir(repository.root)
    (tmp_path / "file").touch()
    place = str(tmp_path)

    assert cli.run(["ci", *(word.replace("{tmp}", place) for word in words)]) == 2

    assert capsys.readouterr().err == f"grade: {sentence.replace('{tmp}', place)}\n"


def test_the_environment_of_a_grading(runner, monkeypatch):
    """A grading starts with a short list of variables; what is not on it, is not there."""
    for name, value in runner.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CI_JOB_TOKEN", SECRET)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    kept = clean_environment()

    assert SECRET not in kept.values()
    assert not {name for name in kept if name.startswith(("GITHUB_", "ACTIONS_", "RUNNER_", "CI", "GH_"))}
    assert kept["LC_ALL"] == "C.UTF-8"


def test_code_quality():
    """GitLab gets one remark per exercise that failed, with a fingerprint that does not know the line."""
    found = json.loads(code_quality.render(sample_results.faults(), "course/"))

    assert len({one["fingerprint"] for one in found}) == len(found) == 8
    for one in found:
        assert set(one) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert one["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert one["location"]["path"].startswith("course/exercises/lesson_2_3_net_from_scratch/ex")
        assert one["location"]["lines"]["begin"] >= 1
    assert found[0]["location"]["lines"]["begin"] == 4
    assert json.loads(code_quality.render(sample_results.full())) == []


def test_the_most_useful_annotations():
    """Of more annotations than a step may have, those that know a line are kept."""
    several = [
        sample_results.failed(
            f"ex{number}_x", sample_results.Verdict.WRONG, "Wrong.", line=number if number > 8 else None
        )
        for number in range(1, 14)
    ]
    lines = github.annotations(sample_results.results(sample_results.lesson(several)), folder="course/").splitlines()

    assert len(lines) == 10
    assert [line.partition(",title")[0] for line in lines[:5]] == [
        f"::error file=course/exercises/lesson_2_3_net_from_scratch/ex{number}_x.py,line={number}"
        for number in range(9, 14)
    ]
    assert "4 more exercises need work" in lines[-1]


@pytest.mark.parametrize(
    ("ended", "code", "sentence"),
    [
        (-9, 3, "grade: the grading ended with code -9 and no results. Run it again.\n"),
        (2, 2, ""),  # the grading process has said why
    ],
)
def test_a_grading_without_results(repository, runner, monkeypatch, capsys, ended, code, sentence):
    """A grading that ends without results is never a score; it was started without the runner's variables."""
    started = []

    def run(words, **options):
        started.append(options)
        return subprocess.CompletedProcess(words, ended)

    for name, value in runner.items():
        monkeypatch.setenv(name, value)
    pull = blobs.read_pull(find_course(repository.root), repository.branch({f"exercises/{MEAN}": RIGHT}), "HEAD")
    monkeypatch.setattr(command, "read_pull", lambda *_: pull)
    monkeypatch.setattr(command.subprocess, "run", run)

    out = repository.root.parent / "report"
    words = ["--commit", "x", "--out", str(out), "--repository", str(repository.root)]
    assert command.run(words) == code

    assert capsys.readouterr().err == sentence
    assert SECRET not in started[0]["env"].values()
    assert list(out.iterdir()) == []
