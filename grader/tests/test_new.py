"""`grade new` writes an exercise that `grade verify` accepts as it is, in any course, and overwrites nothing."""

import json
import subprocess
import sys

import pytest

from grader import cli
from grader.course.new import function_name, new_exercise
from grader.course.verify import verify
from grader.lessons import Course, find_course
from grader.options import UsageError


def contents(root):
    """Return every file and its text."""
    return {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """An empty folder as the working folder."""
    folder = tmp_path / "own_course"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_a_course_from_nothing(empty, capsys):
    """In an empty folder a first exercise makes a course, and a second one shares the points; both are verified."""
    assert cli.run(["new", "1.1", "centre data", "--course", "."]) == 0
    first = capsys.readouterr().out
    assert cli.run(["new", "1.1", "Scale the data", "--take-from", "1.1.1", "--points", "4"]) == 0

    course = find_course(empty)
    report = verify(course, course.exercises, jobs=2, say=lambda line: None)
    assert report.refusals == []
    assert (report.right, report.accepted) == (10, 10)
    assert (report.wrong, report.refused, report.named) == (4, 4, 4)
    assert [(one.id, one.name, course.points(one)) for one in course.exercises] == [
        ("1.1.1", "ex1_centre_data", 6),
        ("1.1.2", "ex2_scale_the_data", 4),
    ]
    assert first.splitlines() == [
        "wrote reference/lesson_1_1_centre_data/ex1_centre_data.py",
        "wrote tests/lesson_1_1_centre_data/test_ex1_centre_data.py",
        "wrote reference/lesson_1_1_centre_data/alternatives/ex1_centre_data__loop.py",
        "wrote reference/lesson_1_1_centre_data/alternatives/ex1_centre_data__product.py",
        "wrote reference/lesson_1_1_centre_data/mistakes.py",
        "wrote tests/lesson_1_1_centre_data/hints.toml",
        "wrote exercises/lesson_1_1_centre_data/README.md",
        "wrote exercises/lesson_1_1_centre_data/__init__.py",
        "wrote exercises/lesson_1_1_centre_data/ex1_centre_data.py",
        "`grade verify 1.1` accepts it as it is: write your task over the example, and verify again.",
    ]
    assert course.title(course.lessons[0]) == "Centre data"
    capsys.readouterr()
    assert cli.run(["verify", "--json", "-"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["sound"], told["refusals"]) == (True, [])


def test_nothing_that_is_there_is_lost(copied_course):
    """In a lesson of the course, other files stay as they are; mistakes and hints only grow at their end."""
    before = contents(copied_course.root)

    done = new_exercise(copied_course, "1.2", "clip gradients", giver="1.2.2")

    after = contents(copied_course.root)
    folder = "lesson_1_2_mean"
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        f"reference/{folder}/mistakes.py",
        f"tests/{folder}/hints.toml",
        f"tests/{folder}/test_ex2_descend.py",
    }
    for name in (f"reference/{folder}/mistakes.py", f"tests/{folder}/hints.toml"):
        assert after[name].startswith(before[name].rstrip("\n]"))
    assert after[f"tests/{folder}/test_ex2_descend.py"] == before[f"tests/{folder}/test_ex2_descend.py"].replace(
        "points=6", "points=5"
    )
    assert done.exercise.id == "1.2.3"
    course = Course(copied_course.root)
    assert verify(course, course.select(["1.2.3"]), jobs=2, say=lambda line: None).refusals == []


def test_a_full_lesson(copied_course, monkeypatch, capsys):
    """Where a lesson has its points already, the exercise with the most gives one up, and that is said."""
    monkeypatch.chdir(copied_course.root)
    assert cli.run(["new", "1.2", "clip gradients", "--json", "-"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["exercise"] == "1.2.3"
    assert told["next"].startswith("1.2.2 gave up 1 of its points; `--take-from` names another. `grade verify 1.2`")
    assert "tests/lesson_1_2_mean/test_ex2_descend.py" in told["files"]
    course = Course(copied_course.root)
    assert [course.points(one) for one in course.lessons[1].exercises] == [4, 5, 1]
    assert verify(course, course.select(["1.2"]), jobs=2, say=lambda line: None).refusals == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("1.2", "x", "--points", "6"), "No exercise of lesson 1.2 can give up 6 points (1.2.1 has 4, 1.2.2 has 6). Give the new one fewer, with `--points`."),
        (("1.2", "x", "--take-from", "1.1.1"), "`1.1.1` is no exercise of lesson 1.2, so it cannot give up points."),
        (("1.2", "x", "--take-from", "1.2.1", "--points", "4"), "1.2.1 has 4 points, so it cannot give up 4. Name another exercise."),
        (("1.2.3", "x"), "`1.2.3` is not the number of a lesson. Write it as 2.4; `uv run grade list` shows them."),
        (("2.1", "class"), "`class` cannot name a function. Use a few words of plain letters (a to z)."),
        (("2.1", "2 norms"), "`2 norms` cannot name a function. Use a few words of plain letters (a to z)."),
        (("2.1", 'a """ b'), '`a """ b` cannot name a function. Use a few words of plain letters (a to z).'),
        (("2.1", "été"), "`été` cannot name a function. Use a few words of plain letters (a to z)."),
        (("2.1",), "The following arguments are required: title. `uv run grade --help` shows the options."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_wrong_uses(copied_course, monkeypatch, capsys, words, sentence):
    """What cannot be written is refused in one sentence, and no file is touched."""
    monkeypatch.chdir(copied_course.root)
    before = contents(copied_course.root)

    assert cli.run(["new", *words]) == 2

    assert capsys.readouterr().err == f"grade: {sentence}\n"
    assert contents(copied_course.root) == before


def test_outside_of_a_course(empty, capsys):
    """Outside of a course the sentence names the option that makes one."""
    assert cli.run(["new", "1.1", "x"]) == 2
    assert capsys.readouterr().err == (
        "grade: You are not inside a course. `--course DIR` makes one, or names the one you mean.\n"
    )
    assert list(empty.iterdir()) == []


def test_mistakes_in_another_form(copied_course):
    """A list of mistakes that cannot be added to is named, and nothing is written."""
    path = copied_course.mistakes_file(copied_course.lessons[1])
    path.write_text("MISTAKES = []\n")
    before = contents(copied_course.root)

    with pytest.raises(UsageError, match=r"does not end its list `MISTAKES = \[` with a `\]` on a line of its own"):
        new_exercise(copied_course, "1.2", "x", points=1)

    assert contents(copied_course.root) == before


def test_the_files_are_in_the_house_style(copied_course):
    """What is written needs no formatter, and imports from the grader what lessons may import."""
    done = new_exercise(copied_course, "3.1", "centre data")
    files = [path for path in done.files if path.suffix == ".py"]
    ruff = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--check", "--line-length=120", "--isolated", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ruff.returncode == 0, ruff.stdout
    imports = {line for path in files for line in path.read_text().splitlines() if "grader" in line.partition("#")[0]}
    assert all(line.startswith("from grader.testing import") for line in imports)


@pytest.mark.parametrize(
    ("title", "name"), [("clip gradients", "clip_gradients"), ("Adam: the second moment!", "adam_the_second_moment")]
)
def test_names(title, name):
    """A title becomes the name of the function."""
    assert function_name(title) == name
