"""Plain pytest on a lesson gives the verdicts of `grade`; in any other run the plugin stays out of the way."""

import json
import os
import subprocess
import sys

import pytest

from grader.lessons import find_course

MIXED = {
    "lesson_1_1_double/quiz.py": 'ANSWERS = {"q1": "a", "q2": "c"}\n',
    "lesson_1_1_double/ex2_double.py": "def double(x):\n    return x * x\n",
    "lesson_1_2_mean/ex1_mean.py": "def mean(X):\n    return X.sum(dim=0) / len(X)\n",
}


def plain_pytest(*arguments, cwd, **environment):
    """Run pytest as a student or an editor does."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "160", **environment},
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def mixed_course(copied_course):
    """A copy of the tiny course in which a student has worked: right, wrong and untouched files."""
    for path, text in MIXED.items():
        (copied_course.exercises_root / path).write_text(text)
    return copied_course


def test_the_same_verdicts(mixed_course, grade, tmp_path):
    """Check by check, plain pytest passes, fails and skips what `grade` does, and says the same messages."""
    report = tmp_path / "report.json"
    code, output = plain_pytest("tests", "--json-report", f"--json-report-file={report}", cwd=mixed_course.root)
    results = grade(mixed_course.exercises_root, of=mixed_course)
    outcome = {"passed": "passed", "skipped": "skipped"}
    mine = {
        check.id: outcome.get(str(check.verdict), "failed")
        for lesson in results.lessons
        for one in lesson.exercises
        for check in one.checks
    }
    told = json.loads(report.read_text())["tests"]
    plain = {
        f"{mixed_course.owner(mixed_course.root / test['nodeid'].partition('::')[0]).id}/"
        f"{test['nodeid'].partition('::')[2].removeprefix('test_')}": test["outcome"].replace(
            "error", "failed"
        )  # what fails in a fixture
        for test in told
    }

    assert code == 1
    assert mine == plain
    assert {"passed", "failed"} == set(mine.values())
    for line in ("1.1.1 quiz: 2 of 4", "1.1.2 ex2_double: 0 of 6", "1.2.2 ex2_descend: 0 of 6"):
        assert f"{line}\n" in output
    assert "    squares: You square the entries: twice x is x + x.\n" in output
    for lesson in results.lessons:
        for one in lesson.exercises:
            assert f"{one.id} {one.name}: " in output
            for check in one.checks:
                assert check.message.partition("\n")[0] in output


def test_the_secrets_stay_secret(mixed_course):
    """A failing check shows the student's message, never the check's or the reference's source."""
    code, output = plain_pytest("tests/lesson_1_1_double/test_ex2_double.py", "-vv", "--tb=long", cwd=mixed_course.root)

    assert code == 1
    assert "lesson_1_1_double/ex2_double.py: `[0]` is 1, expected 2." in output
    for secret in ("assert_close", "agree(", "draw.normal", "2 * x", "printed(10)"):
        assert secret not in output


def test_one_check(mixed_course):
    """A single check can be run by its name, as an editor does; the points are then those of the check."""
    code, output = plain_pytest("tests/lesson_1_1_double/test_quiz.py::test_q1", cwd=mixed_course.root)

    assert code == 0, output
    assert "1.1.1 quiz: 4 of 4\n" in output


def test_an_unrelated_run(tmp_path):
    """In a project that is no course the plugin does nothing and does not import torch."""
    (tmp_path / "test_other.py").write_text(
        "import sys\n\n\ndef test_other(request):\n    assert 'torch' not in sys.modules\n"
        "    assert 'grader.plugin' in sys.modules\n    assert 'grader.session' not in sys.modules\n"
    )
    code, output = plain_pytest("-W", "error", cwd=tmp_path)

    assert code == 0, output
    assert "points" not in output


def test_a_folder_that_only_looks_like_a_lesson(tmp_path):
    """Tests in a folder named like a lesson, without a course around it, are ordinary tests."""
    folder = tmp_path / "lesson_1_1_other"
    folder.mkdir()
    (folder / "test_other.py").write_text("import sys\n\n\ndef test_other():\n    assert 'torch' not in sys.modules\n")

    code, output = plain_pytest(cwd=tmp_path)
    assert code == 0, output


def test_fixtures_outside_of_a_course(tmp_path):
    """Whoever uses the fixtures elsewhere is told what they are for."""
    (tmp_path / "test_other.py").write_text("def test_other(submission):\n    pass\n")
    code, output = plain_pytest(cwd=tmp_path)

    assert code == 1
    assert "The fixtures of `grader` serve the check files of a course only." in output


# ---------------------------------------------------------------- faults of check files

HEAD = "from grader.testing import Exercise, agree, assert_true, points\n\nEXERCISE = Exercise(points=6)\n\n"
FAULTS = {
    "no title": (
        '@points(1, "R")\ndef test_a(submission):\n    assert_true(True, "x")\n',
        "1.1.2: the check `test_a` needs a docstring as its title and @points(weight, kind).",
    ),
    "no points": (
        'def test_a(submission):\n    """works"""\n    assert_true(True, "x")\n',
        "1.1.2: the check `test_a` needs a docstring as its title and @points(weight, kind).",
    ),
    "unknown kind": (
        '@points(1, "X")\ndef test_a(submission):\n    """works"""\n    assert_true(True, "x")\n',
        "1.1.2: the check `test_a` needs a docstring as its title and @points(weight, kind).",
    ),
    "compares nothing": (
        '@points(1, "R")\ndef test_a(submission):\n    """works"""\n    submission.double\n',
        "1.1.2/a: The check passed without comparing anything.",
    ),
    "raises": (
        '@points(1, "R")\ndef test_a(submission):\n    """works"""\n    assert_true(True, "x")\n    {}["key"]\n',
        "1.1.2/a: KeyError: 'key'",
    ),
    "unknown fixture": (
        '@points(1, "R")\ndef test_a(submision):\n    """works"""\n',
        "1.1.2/a: ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_check_files(copied_course, grade, fault):
    """A fault of a check file makes the run broken, with one sentence for the instructor, and costs nobody points."""
    text, problem = FAULTS[fault]
    exercise = copied_course.select(["1.1.2"])[0]
    copied_course.check_file(exercise).write_text(HEAD + text)
    results = grade(copied_course.reference_root, "1.1.2", of=copied_course)

    assert results.status == "broken"
    assert results.problems[0].startswith(problem)
    assert results.score.earned == results.score.possible


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("def test_a(:\n", "SyntaxError"),
        ("import nowhere\n", "No module named 'nowhere'"),
        ("", "No checks were found for 1.1.2."),
    ],
)
def test_check_files_that_cannot_be_collected(copied_course, grade, text, problem):
    """A check file that cannot be read at all makes the run broken and says why."""
    copied_course.check_file(copied_course.select(["1.1.2"])[0]).write_text(text)
    results = grade(copied_course.reference_root, "1.1", of=copied_course)

    assert results.status == "broken"
    assert problem in "\n".join(results.problems)


@pytest.mark.parametrize("text", ["def double(:\n", b"\xff\xfe", None])
def test_a_reference_that_cannot_be_read(copied_course, grade, text):
    """A reference that is missing or no program makes the run broken; it does not blame the student."""
    path = copied_course.reference(copied_course.select(["1.1.2"])[0])
    path.unlink()
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    results = grade(copied_course.exercises_root, "1.1.2", of=copied_course)

    assert results.status == "broken"
    assert "The reference of 1.1.2 cannot be read" in "\n".join(results.problems)


def test_a_reference_that_fails(copied_course, grade, hand_in):
    """Where the reference raises what no task asks for, the lesson is broken, and the exercise costs and earns nothing."""
    path = copied_course.reference(copied_course.select(["1.1.2"])[0])
    path.write_text("def double(x):\n    assert False, 'oops'\n")
    root = hand_in({"lesson_1_1_double/ex2_double.py": "def double(x):\n    return 2 * x\n"})
    results = grade(root, "1.1.2", of=copied_course)
    one = results.lessons[0].exercises[0]

    assert (results.status, one.earned, one.possible) == ("broken", 0, 0)
    assert "The reference failed in `double`: AssertionError: oops" in "\n".join(results.problems)


def test_the_copy_is_a_course_of_its_own(copied_course):
    """The tests above do not touch the tiny course."""
    assert copied_course.root == find_course(copied_course.tests_root).root
