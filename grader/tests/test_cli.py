"""The command line is a contract: exit codes, one sentence for a wrong use, JSON alone where JSON is asked for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from grader import cli, command
from grader.results import from_json, to_json

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "results.schema.json").read_text(encoding="utf-8"))
WRONG = {"lesson_1_1_double/quiz.py": 'ANSWERS = {"q1": "a", "q2": "a"}\n'}


def run(*arguments, cwd, **environment):
    """Run the command as a shell does, without a terminal."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "GITHUB_STEP_SUMMARY")}
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**kept, **environment},
    )


@pytest.fixture
def here(course, monkeypatch):
    """The tiny course as the working folder, for what needs no process of its own."""
    monkeypatch.chdir(course.root)
    return course.root


def refused(arguments, capsys):
    """Return the one line that a wrong use prints on standard error."""
    assert cli.run(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err.strip()


# ---------------------------------------------------------------- wrong uses


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["9.9"], "grade: There is no lesson or exercise `9.9`. Near it: 1.1, 1.2. `uv run grade list` shows all; lessons here: 1.1, 1.2."),
        (["--nope"], "grade: Unrecognized arguments: --nope. `uv run grade --help` shows the options."),
        (["1.1", "--seed", "x"], "grade: Argument --seed: `x` is not a seed: give a whole number up to 2147483647, or `random`. `uv run grade --help` shows the options."),
        (["--seed", "2147483648"], "grade: Argument --seed: `2147483648` is not a seed: give a whole number up to 2147483647, or `random`. `uv run grade --help` shows the options."),
        (["--seed", "-1"], "grade: Argument --seed: `-1` is not a seed: give a whole number up to 2147483647, or `random`. `uv run grade --help` shows the options."),
        (["--timeout", "0"], "grade: Argument --timeout: `0` is not a number of seconds above 0. `uv run grade --help` shows the options."),
        (["--timeout", "nan"], "grade: Argument --timeout: `nan` is not a number of seconds above 0. `uv run grade --help` shows the options."),
        (["--fail-under", "101"], "grade: Argument --fail-under: `101` is not a percentage from 0 to 100. `uv run grade --help` shows the options."),
        (["--fail-under", "nan"], "grade: Argument --fail-under: `nan` is not a percentage from 0 to 100. `uv run grade --help` shows the options."),
        (["--device", "tpu"], "grade: Argument --device: invalid choice: 'tpu' (choose from 'auto', 'cpu', 'cuda', 'mps', 'all'). `uv run grade --help` shows the options."),
        (["--json"], "grade: Argument --json: expected one argument. `uv run grade --help` shows the options."),
        (["--from", "nowhere"], "grade: `nowhere` is not a folder. `--from` wants the folder that holds the student's lessons."),
        (["--json", "nowhere/results.json"], "grade: `nowhere/results.json` cannot be written. Name a file in a folder that exists and that you may write to."),
        (["--junit", "tests"], "grade: `tests` cannot be written. Name a file in a folder that exists and that you may write to."),
        (["next", "1.1"], "grade: Unrecognized arguments: 1.1. `uv run grade --help` shows the options."),
        (["stubs", "9.9"], "grade: There is no lesson or exercise `9.9`. Near it: 1.1, 1.2. `uv run grade list` shows all; lessons here: 1.1, 1.2."),
        (["audit", "9.9"], "grade: There is no lesson or exercise `9.9`. Near it: 1.1, 1.2. `uv run grade list` shows all; lessons here: 1.1, 1.2."),
        (["audit", "--seeds", "-1"], "grade: Argument --seeds: `-1` is not a whole number. `uv run grade --help` shows the options."),
        (["audit", "--mutants", "0"], "grade: Argument --mutants: `0` is not a whole number above 0. `uv run grade --help` shows the options."),
        (["audit", "--json", "nowhere/audit.json"], "grade: `nowhere/audit.json` cannot be written. Name a file in a folder that exists and that you may write to."),
        (["verify", "--jobs", "x"], "grade: Argument --jobs: `x` is not a whole number. `uv run grade --help` shows the options."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_wrong_uses(here, capsys, arguments, sentence):
    """A wrong use is answered with one sentence on standard error and exit code 2."""
    assert sentence == refused(arguments, capsys)


def test_not_in_a_course(tmp_path, monkeypatch, capsys):
    """Outside of a course the command says where to go."""
    monkeypatch.chdir(tmp_path)

    assert refused(["1.1"], capsys).startswith(f"grade: `{tmp_path}` is not inside a course: ")
    assert refused(["list"], capsys).startswith(f"grade: `{tmp_path}` is not inside a course: ")


@pytest.mark.skipif(Path("/dev/nvidiactl").exists(), reason="this machine may have the device")
def test_a_device_that_is_not_here(course):
    """Asking for a GPU where there is none is a wrong use."""
    done = run("1.1", "--device", "cuda", cwd=course.root)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "grade: There is no cuda device here. Use `--device cpu`, or leave the option out.\n"


LIGHT = """
import sys
from grader.cli import run
codes = [run(arguments) for arguments in (
    ["--help"], ["list", "--help"], ["verify", "--help"], ["audit", "--help"], ["stubs", "--help"], ["doctor", "--help"],
    ["9.9"], ["--nope"], ["--seed", "x"], ["--json", "nowhere/x"], ["--from", "nowhere"], ["stubs", "--check"],
)]
print("codes", codes)
print("loaded", [name for name in ("torch", "numpy", "pytest", "rich", "asyncio") if name in sys.modules])
"""


def test_light_commands_load_nothing_heavy(course):
    """Help, wrong uses, the list and the stubs answer without loading torch or pytest."""
    done = subprocess.run([sys.executable, "-c", LIGHT], cwd=course.root, capture_output=True, text=True, check=False)

    assert "codes [0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 0]" in done.stdout, done.stderr
    assert "loaded []" in done.stdout
    for option in (
        "--from",
        "--json",
        "--junit",
        "--gradescope",
        "--github",
        "--device",
        "--seed",
        "--timeout",
        "--fail-under",
        "--no-color",
    ):
        assert option in done.stdout


def test_stubs(copied_course, monkeypatch, capsys):
    """`stubs --check` names what differs and exits with 1; `stubs` writes it and exits with 0; a fault exits with 3."""
    monkeypatch.chdir(copied_course.root)
    stub = copied_course.stub(copied_course.select(["1.2.1"])[0])
    before = stub.read_text()
    stub.write_text("changed")

    assert cli.run(["stubs", "--check"]) == 1
    assert capsys.readouterr().out == "would change exercises/lesson_1_2_mean/ex1_mean.py\n"
    assert cli.run(["stubs", "1.1"]) == 0
    assert capsys.readouterr().out == "All stubs are up to date.\n"
    assert cli.run(["stubs"]) == 0
    assert ("wrote exercises/lesson_1_2_mean/ex1_mean.py\n", before) == (capsys.readouterr().out, stub.read_text())
    copied_course.reference(copied_course.select(["1.2.1"])[0]).write_text("x = 1\n")
    assert cli.run(["stubs"]) == 3
    assert (
        "grade: reference/lesson_1_2_mean/ex1_mean.py, line 1: there is no `# BEGIN SOLUTION`"
        in capsys.readouterr().err
    )


# ---------------------------------------------------------------- gradings


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory):
    """One grading with every kind of output, below full marks."""
    folder = tmp_path_factory.mktemp("graded")
    hand_in = folder / "hand_in"
    for path, text in WRONG.items():
        (hand_in / path).parent.mkdir(parents=True)
        (hand_in / path).write_text(text)
    names = ("results.json", "junit.xml", "gradescope.json", "pytest.json")
    options = zip(
        ("--json", "--junit", "--gradescope", "--json-report"), (folder / name for name in names), strict=True
    )
    done = run("1.1", "--from", hand_in, *(part for pair in options for part in pair), "--github", "--seed", "random",
               cwd=course.exercises_root, GITHUB_STEP_SUMMARY=str(folder / "summary.md"))  # fmt: skip
    return done, folder


def test_below_full_marks(graded):
    """A grading below full marks exits with 1 and shows the report on standard output, without colours."""
    done, _ = graded

    assert (done.returncode, done.stderr) == (1, "")
    assert "2 of 10" in done.stdout
    assert "Try the number two: what is its square?" in done.stdout
    assert "\x1b" not in done.stdout


def test_results_file(graded):
    """The results file is valid, complete and can be read back."""
    _, folder = graded
    text = (folder / "results.json").read_text(encoding="utf-8")
    plain = json.loads(text)
    jsonschema.validate(plain, SCHEMA)

    assert text == to_json(from_json(text))
    assert (plain["version"], plain["status"], plain["score"]) == (1, "graded", {"earned": 2, "possible": 10})
    assert [check["verdict"] for check in plain["lessons"][0]["exercises"][0]["checks"]] == ["passed", "wrong"]
    assert plain["lessons"][0]["exercises"][0]["mistakes"][0]["name"] == "never-equal"
    assert text.isascii()


def test_other_files(graded):
    """The other reports are written, too, and no partial file is left."""
    done, folder = graded

    assert {"hand_in", "results.json", "junit.xml", "gradescope.json", "pytest.json", "summary.md"} == {
        path.name for path in folder.iterdir()
    }
    assert len(json.loads((folder / "pytest.json").read_text())["tests"]) == 15
    assert "::error" in done.stdout


def test_json_alone(copied_course, hand_in):
    """With `--json -` standard output holds the JSON alone; no other report goes there, nor to a file named `-`."""
    root = hand_in(WRONG)
    done = run("1.1.1", "--from", root, "--json", "-", "-v", "--github", cwd=copied_course.root)
    plain = json.loads(done.stdout)
    jsonschema.validate(plain, SCHEMA)

    assert (done.returncode, plain["score"]) == (1, {"earned": 2, "possible": 4})
    run("1.1.1", "--from", root, "--junit", "-", cwd=copied_course.root)
    assert not (copied_course.root / "-").exists()


def exit_code(earned, possible, fail_under, status="graded"):
    from grader.tests import sample_results

    made = sample_results.results(status=status)
    score = type(made.score)(earned=earned, possible=possible)
    import msgspec

    return command._exit_code(msgspec.structs.replace(made, score=score), fail_under)


@pytest.mark.parametrize(
    ("earned", "possible", "fail_under", "code"),
    [(10, 10, 100, 0), (9, 10, 100, 1), (7, 10, 70, 0), (7, 10, 70.1, 1), (0, 10, 0, 0), (0, 0, 100, 1)],
)
def test_fail_under(earned, possible, fail_under, code):
    """The exit code is 0 from full marks or `--fail-under` on, and 1 below."""
    from fractions import Fraction

    assert code == exit_code(Fraction(earned), Fraction(possible), fail_under)


def test_fail_under_is_exact():
    """Full marks are full marks, whatever fraction they are."""
    from fractions import Fraction

    for possible in (Fraction(10, 3), Fraction(1, 7), Fraction(29, 3)):
        assert exit_code(possible, possible, 100.0) == 0
        assert exit_code(possible - Fraction(1, 10**12), possible, 100.0) == 1


def test_broken_exits_with_3():
    """A broken lesson or harness exits with 3, whatever was earned."""
    from fractions import Fraction

    assert exit_code(Fraction(10), Fraction(10), 0, status="broken") == 3


def test_verbosity_and_colours(course, hand_in):
    """-q shows scores only, -v every check; FORCE_COLOR is overruled by NO_COLOR and --no-color."""
    root = hand_in(WRONG)
    quiet = run("1.1.1", "--from", root, "-q", "--fail-under", "50", cwd=course.root, FORCE_COLOR="1", NO_COLOR="1")
    verbose = run("1.1.1", "--from", root, "-v", "--no-color", cwd=course.root, FORCE_COLOR="1")

    assert (quiet.returncode, verbose.returncode) == (0, 1)
    assert "answers question 1" not in quiet.stdout
    assert "2 of 4" in quiet.stdout
    assert "answers question 1" in verbose.stdout
    assert "answers question 2" in verbose.stdout
    for done in (quiet, verbose):
        assert not [code for code in ("\x1b[3", "\x1b[9") if code in done.stdout]


def test_a_harness_that_fails_exits_with_3(course, tmp_path):
    """When the harness cannot do its work, one sentence says so; exit code 1 would blame the student."""
    summary = tmp_path / "nowhere" / "summary.md"
    done = run("1.1.1", "--github", cwd=course.root, GITHUB_STEP_SUMMARY=str(summary))

    assert "Traceback" not in done.stderr
    assert done.returncode in (2, 3)
