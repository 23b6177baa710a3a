"""What a student types between two gradings, on the tiny course: list, next, hint, reset, solution, show, completion."""

import json
import subprocess
from fractions import Fraction

import pytest

from grader import cli
from grader.progress import Progress
from grader.results import Verdict
from grader.tests.sample_results import check, exercise, lesson, results


@pytest.fixture
def here(copied_course, monkeypatch):
    """Return a copy of the tiny course, which is the current folder."""
    monkeypatch.chdir(copied_course.root)
    monkeypatch.setenv("COLUMNS", "80")
    return copied_course


def solve(course, one, earned=None):
    """Record that an exercise was solved, or earned so much."""
    possible = Fraction(course.points(one))
    earned = possible if earned is None else Fraction(earned)
    verdict = Verdict.PASSED if earned == possible else Verdict.WRONG
    made = exercise(
        one.name, verdict, [check("x")], possible=possible, earned=earned, lesson=".".join(one.id.split(".")[:2])
    )
    Progress(course).record(results(lesson([made], id=made.id.rpartition(".")[0])))


def test_the_map(here, capsys):
    """`grade list` shows lessons, exercises and points, and what was done with each."""
    first, second, *_ = here.exercises
    solve(here, first)
    solve(here, second, earned=2)
    solve(here, second, earned=1)
    assert cli.run(["list"]) == 0
    out = capsys.readouterr().out

    assert "Module 1" in out
    assert f"+ {first.id}" in out.replace("✓", "+")
    assert "2 of 6 (last 1 of 6, 2 attempts)" in out
    assert "(one attempt)" in out
    assert f"Next   {second.id}" in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_the_map_as_json(here, capsys):
    """`grade list --json` holds the same for programs."""
    solve(here, here.exercises[0])
    assert cli.run(["list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    entries = [one for part in found["lessons"] for one in part["exercises"]]

    assert [one["id"] for one in entries] == [one.id for one in here.exercises]
    assert entries[0]["solved"] is True
    assert entries[0]["attempts"] == 1
    assert entries[1]["tried"] is None


def test_next(here, capsys):
    """`grade next` names the exercise, why, and what to type."""
    assert cli.run(["next"]) == 0
    said = capsys.readouterr().out

    assert said.startswith(f"{here.exercises[0].id} {here.exercises[0].name}: You begin here, with the first exercise.")
    assert f"uv run grade {here.exercises[0].id}" in said


def test_hints(here, capsys):
    """`grade hint` climbs, remembers, and can begin anew; without a target it takes what is to be done."""
    first = here.exercises[0]
    steps = []
    for arguments in ([], [first.id], [first.id], [first.id], [first.id, "--again"]):
        assert cli.run(["hint", *arguments]) == 0
        steps.append(capsys.readouterr().out.partition("hint ")[2][:6])

    assert steps == ["1 of 3", "2 of 3", "3 of 3", "3 of 3", "1 of 3"]


def test_reset(here, capsys):
    """`grade reset` writes the stub that the reference gives, and names the backup."""
    one = here.exercises[0]
    stub = here.stub(one).read_text()
    here.stub(one).write_text("mine = 1\n")
    assert cli.run(["reset", one.id]) == 0

    assert here.stub(one).read_text() == stub
    assert "Your version is kept: .grade/backup/" in " ".join(capsys.readouterr().out.split())


def test_solution(here, capsys):
    """`grade solution` stays closed until the exercise is solved, then shows both programs."""
    one = here.exercises[0]
    assert cli.run(["solution", one.id]) == 2
    assert "opens when you have solved it" in capsys.readouterr().err
    solve(here, one)
    assert cli.run(["solution", one.id]) == 0
    out = capsys.readouterr().out
    assert "yours" in out
    assert "reference" in out


def test_show(here, capsys):
    """`grade show` prints a lesson's page."""
    assert cli.run(["show", here.lessons[0].id]) == 0
    assert here.title(here.lessons[0]) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["hint", "9.9"], "grade: "),
        (["hint", "1"], "is not one exercise: name one, e.g. `1."),
        (["reset"], "The following arguments are required: target."),
        (["completion", "tcsh"], "Argument shell: invalid choice"),
    ],
)
def test_wrong_words(here, capsys, arguments, says):
    """What cannot be carried out is one sentence, and exit code 2."""
    assert cli.run(arguments) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(here, capsys, shell):
    """The script names every command, and asks the course for its targets."""
    assert cli.run(["completion", shell]) == 0
    out = capsys.readouterr().out

    assert all(word in out for word in ("hint", "watch", "verify", "grade completion targets"))
    if shell == "bash":
        assert subprocess.run(["bash", "-n"], input=out, text=True, check=False).returncode == 0


def test_targets(here, capsys):
    """The targets are the lessons and the exercises."""
    assert cli.run(["completion", "targets"]) == 0
    assert set(capsys.readouterr().out.split()) == {one.id for one in (*here.lessons, *here.exercises)}


def test_outside_of_a_course(tmp_path, monkeypatch, capsys):
    """Elsewhere one sentence says so."""
    monkeypatch.chdir(tmp_path)
    assert cli.run(["next"]) == 2
    assert capsys.readouterr().err.startswith("grade: ")
