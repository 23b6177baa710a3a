"""The students' repository: the same verdicts as live, nothing secret inside, nobody's work lost."""

import io
import json
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from grader.course.trials import Laboratory, Trial
from grader.lessons import Course, find_course
from grader.mistakes import load_mistakes
from grader.release import command
from grader.release.leaks import leaks
from grader.release.recording import record
from grader.release.tree import install, lacks, tree

LESSON = "lesson_2_2_forward_backward"
BROKEN = {
    "syntax": "def (\n",
    "empty": "",
    "nothing": None,
    "raises": "def {name}(*args, **more):\n    return [][1]\n",
    "none": "def {name}(*args, **more):\n    pass\n",
    "text": "def {name}(*args, **more):\n    return 'a number'\n",
    "zero": "def {name}(*args, **more):\n    return 0.0\n",
    "exits": "import os\nos._exit(0)\n",
    "names": "def something_else():\n    return 1\n",
}


def only(course, lesson, root):
    """Return a copy of a course with one lesson."""
    for place in ("exercises", "reference", "tests"):
        shutil.copytree(
            course.root / place / lesson, root / place / lesson, ignore=shutil.ignore_patterns("__pycache__")
        )
        for path in (course.root / place).iterdir():
            if path.is_file():
                shutil.copy(path, root / place)
    return Course(root)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Return a lesson of the real course, live, and the same as it is released for two seeds."""
    live = only(find_course(Path(__file__)), LESSON, tmp_path_factory.mktemp("live"))
    target = tmp_path_factory.mktemp("released")
    answers = target / "recording"
    answers.mkdir()
    record(live, answers, [0, 3], jobs=2, done=lambda *_: None)
    files = {f"answers/{path.name}": path.read_bytes() for path in answers.iterdir()}
    install(tree(live) | files, target / "course")
    return live, Course(target / "course")


def submissions(course):
    """Yield (exercise, what it is, program): right, wrong and broken ones."""
    for exercise in course.exercises:
        source = course.reference(exercise).read_text(encoding="utf-8")
        yield exercise, "reference", source
        for path in course.alternatives(exercise):
            yield exercise, path.stem, path.read_text(encoding="utf-8")
        for mistake in load_mistakes(course, exercise):
            yield exercise, mistake.name, mistake.variant(source)
        name = exercise.name.partition("_")[2]
        for what, text in BROKEN.items():
            stub = course.stub(exercise).read_text(encoding="utf-8")
            yield exercise, what, stub if text is None else text.replace("{name}", name)


def outcomes(course, programs, nursery, folder, seed):
    """Return what becomes of each program: verdict, points, names, the verdict of every check."""
    folder.mkdir()
    exercises = {one.file: one for one in course.exercises}
    trials = [Trial(exercises[exercise.file], text, seed) for exercise, _, text in programs]
    found = {}
    for outcome in Laboratory(course, nursery, folder, jobs=2).run(trials):
        result = outcome.result
        assert result is not None, outcome.crash
        assert not outcome.problems
        names = [one.name for one in result.mistakes]
        found[outcome.position] = (
            result.verdict,
            result.earned,
            names,
            [(one.id, one.verdict) for one in result.checks],
        )
    return [found[position] for position in range(len(trials))]


def test_a_released_course_gives_the_verdicts_of_the_live_one(released, nursery, tmp_path):
    """Over fifty right, wrong and broken programs get the same verdicts, points and names, check by check."""
    live, copy = released
    programs = list(submissions(live))
    assert len(programs) >= 50

    seeds = (0, 3)
    chosen = {0: programs, 3: programs[::4]}
    for seed in seeds:
        mine = outcomes(live, chosen[seed], nursery, tmp_path / f"live{seed}", seed)
        theirs = outcomes(copy, chosen[seed], nursery, tmp_path / f"copy{seed}", seed)
        for (exercise, what, _), here, there in zip(chosen[seed], mine, theirs, strict=True):
            assert here == there, f"{exercise.id} {what} on seed {seed}"
    assert any(names for _, _, names, _ in mine)


def test_another_seed_is_refused_with_the_seeds_that_are_there(released, grade):
    """A copy cannot be graded on inputs for which it has no answers; that is no verdict."""
    _, copy = released

    with pytest.raises(Exception, match="answers for the seeds 0, 3 only"):
        grade(copy.exercises_root, of=copy, seed=1)


def test_a_submission_cannot_read_the_answers(released, grade, hand_in):
    """The worker of a submission sees the answers as little as it sees references."""
    _, copy = released
    exercise = copy.exercises[0]
    answers = str(copy.answers_file(exercise))
    spy = f"import pathlib\nsize = len(pathlib.Path({answers!r}).read_bytes())\nprint('got ' + 'it')\n"
    root = hand_in({exercise.file: spy})

    results = grade(root, exercise.id, of=copy)

    [found] = results.lessons[0].exercises
    assert "got it" not in "".join(check.output + check.message for check in found.checks)
    assert any(word in found.checks[0].message for word in ("FileNotFoundError", "PermissionError"))


def test_the_copy_holds_nothing_of_the_references(released):
    """No file of the references, no line of a solution, no byte code; and all that students need."""
    live, copy = released

    assert leaks(live, copy.root) == []
    assert not copy.reference_root.exists()
    assert all(copy.stub(one).is_file() and copy.check_file(one).is_file() for one in copy.exercises)
    assert all(copy.hints_file(one).is_file() and copy.page(one).is_file() for one in copy.lessons)


def solution_line(course):
    """Return a line of a reference that stands nowhere else."""
    source = course.reference(course.exercises[-1]).read_text(encoding="utf-8")
    inside = source.partition("# BEGIN SOLUTION")[2].partition("# END SOLUTION")[0].split("\n")[1:]
    return max((line.strip() for line in inside), key=len)


def planted(name, content):
    """Return the writing of a file into a released folder."""

    def plant(live, root):
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content(live) if callable(content) else content)

    return plant


def in_history(name, content):
    """Return the committing of a file that is deleted again."""

    def plant(live, root):
        git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "init", "-q", str(root)], check=True)
        planted(name, content)(live, root)
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-qm", "one"], check=True)
        (root / name).unlink()
        subprocess.run([*git, "commit", "-qam", "two"], check=True)

    return plant


def amended(live, root):
    """Commit a solution, and put a commit without it in its place: the object stays in the repository."""
    in_history("draft.py", solution_bytes)(live, root)
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    subprocess.run([*git, "update-ref", "-d", "HEAD"], check=True)
    subprocess.run([*git, "commit", "-qm", "one"], check=True)


def solution_bytes(live):
    return f"# {solution_line(live)}\n".encode()


def mistake_line(live):
    """Return how a known mistake is made, which shows the right line as well."""
    text = live.mistakes_file(live.lessons[0]).read_text(encoding="utf-8")
    return max((line for line in text.split("\n") if "edit=(" in line), key=len).encode()


def tarred(live, root):
    """Put a solution into a compressed archive of another kind."""
    with tarfile.open(root / "more.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("notes.txt")
        entry.size = len(solution_bytes(live))
        archive.addfile(entry, io.BytesIO(solution_bytes(live)))


def zipped(live, root):
    """Put a solution into an archive."""
    with zipfile.ZipFile(root / "more.zip", "w") as archive:
        archive.writestr("notes.txt", solution_line(live))


@pytest.mark.parametrize(
    ("plant", "says"),
    [
        (planted("reference/lesson/ex1.py", b"x = 1\n"), "is a file of the references"),
        (planted("exercises/alternatives/ex1__loop.py", b"x = 1\n"), "is a file of the references"),
        (planted("docs/notes.md", lambda live: f"So: {solution_line(live)}\n".encode()), "holds a line of a solution"),
        (planted("exercises/__pycache__/ex1.cpython-311.pyc", b"\0"), "is byte code"),
        (planted("docs/more.md", mistake_line), "holds a line of a solution"),
        (zipped, "holds a line of a solution"),
        (tarred, "holds a line of a solution"),
        (in_history("reference/ex.py", b"x = 1\n"), "The git history holds `reference/ex.py`"),
        (in_history("notes.md", solution_bytes), "The git history holds a line of a solution"),
        (amended, "The git history holds a line of a solution"),
    ],
    ids=["reference", "alternative", "line", "byte code", "mistake", "zip", "tar", "history", "renamed", "amended"],
)
def test_a_planted_secret_is_found(released, tmp_path, plant, says):
    """The search finds a file, a line, byte code, an archive and a deleted file in the history."""
    live, copy = released
    root = tmp_path / "copy"
    shutil.copytree(copy.root, root)
    plant(live, root)

    assert any(says in sentence for sentence in leaks(live, root))


def test_a_repository_of_public_files_tells_nothing(released, tmp_path):
    """Under git, as every release will be, nothing is found either, not even the grader's own `mistakes.py`."""
    live, copy = released
    root = tmp_path / "copy"
    shutil.copytree(copy.root, root)
    planted("grader/mistakes.py", b"x = 1\n")(live, root)
    in_history("notes.md", b"Read lesson 2.2.\n")(live, root)

    assert leaks(live, root) == []


def test_an_update_keeps_what_a_student_wrote(course, tmp_path):
    """A new release replaces pages and untouched stubs, removes what is gone, and leaves changed exercises alone."""
    target = tmp_path / "students"
    files = tree(course)
    install(files, target)
    one, other = [name for name in files if name.startswith("exercises/") and name.endswith("ex1_mean.py")] + [
        name for name in files if name.startswith("exercises/") and name.endswith("ex2_double.py")
    ]
    (target / one).write_text("def mean(X):\n    return 1\n")
    page = next(name for name in files if name.endswith("README.md") and name.startswith("exercises/"))
    newer = {
        name: content + b"\n# New.\n" if name in (one, other, page) else content for name, content in files.items()
    }
    gone = next(name for name in files if name.endswith("hints.toml"))
    del newer[gone]

    kept = install(newer, target)

    assert kept == [one]
    assert (target / one).read_text() == "def mean(X):\n    return 1\n"
    assert (target / other).read_bytes() == newer[other]
    assert (target / page).read_bytes() == newer[page]
    assert not (target / gone).exists()


def test_a_course_of_ones_own_brings_its_project(course, copied_course):
    """With a `pyproject.toml` that names the grader, students get it, and nothing is missing."""
    assert lacks(tree(course))
    (copied_course.root / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    assert not lacks(tree(copied_course))


def test_an_update_removes_byte_code(course, tmp_path):
    """What Python leaves behind where somebody tried the copy is no reason to refuse the next release."""
    files = tree(course)
    install(files, tmp_path)
    for cache in ("exercises/__pycache__/x.cpython-311.pyc", ".venv/lib/__pycache__/y.pyc"):
        (tmp_path / cache).parent.mkdir(parents=True)
        (tmp_path / cache).write_bytes(b"")
    assert any("byte code" in one for one in leaks(course, tmp_path))
    install(files, tmp_path)

    assert leaks(course, tmp_path) == []
    assert (tmp_path / ".venv/lib/__pycache__/y.pyc").exists()


def test_the_command_makes_a_course_that_grades_resets_and_says_what_it_lacks(
    copied_course, tmp_path, monkeypatch, capsys
):
    """A new folder becomes a course; what needs references says so in a sentence."""
    from grader import cli

    monkeypatch.chdir(copied_course.root)
    target = tmp_path / "students"
    assert cli.run(["release", str(target), "--seeds", "0", "--action", "--json", "-"]) == 0
    said = capsys.readouterr()
    assert "no `pyproject.toml`" in said.err
    told = json.loads(said.out)
    assert told["secrets"] == told["kept"] == []
    assert ".grade/" in (target / ".gitignore").read_text()
    assert told["files"] == sum(path.is_file() for path in target.rglob("*")) - 1  # the list of them
    assert (target / ".github/workflows/grade.yml").is_file()
    assert cli.run(["release", str(target), "--check"]) == 0

    monkeypatch.chdir(target)
    stub = target / "exercises/lesson_1_2_mean/ex1_mean.py"
    fresh = stub.read_text()
    stub.write_text("def mean(X):\n    return 1\n")
    assert cli.run(["reset", "1.2.1"]) == 0
    assert stub.read_text() == fresh
    capsys.readouterr()
    for words in (["verify"], ["stubs"], ["release", "../more"]):
        assert cli.run(words) == 2
        assert "references" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("target", "says"),
    [("inside", "lies inside of the course"), ("../other", "holds other files"), ("../file", "is a file")],
)
def test_a_release_goes_to_a_folder_of_its_own(copied_course, monkeypatch, capsys, target, says):
    """Nothing is written into the course, over a file, or among somebody's files."""
    from grader import cli

    monkeypatch.chdir(copied_course.root)
    Path("../other").mkdir()
    Path("../other/letter.txt").write_text("Dear …")
    Path("../file").write_text("")

    assert cli.run(["release", target]) == 2
    assert says in capsys.readouterr().err


def test_a_reference_that_fails_is_not_recorded(copied_course, tmp_path, monkeypatch, capsys):
    """Answers of a broken reference would be a wrong key."""
    reference = copied_course.root / "reference/lesson_1_2_mean/ex1_mean.py"
    reference.write_text(reference.read_text().replace("return ", "return 1 + "))
    monkeypatch.chdir(copied_course.root)

    assert command.run([str(tmp_path / "students"), "--seeds", "0"]) == 3
    assert "does not earn full marks on seed 0" in capsys.readouterr().err


def test_gradescopes_archive_grades_a_submission(copied_course, tmp_path, monkeypatch):
    """Both programs lie at the root and can be run; a flat hand-in gets Gradescope's results, whatever it earns."""
    monkeypatch.chdir(copied_course.root)
    archive = tmp_path / "autograder.zip"
    words = [str(tmp_path / "students"), "--seeds", "0", "--gradescope", str(archive), "--lesson", "1.2"]
    assert command.run(words) == 0

    place = tmp_path / "autograder"
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(place / "source")
        modes = {one.filename: one.external_attr >> 16 for one in packed.infolist()}
    assert all(stat.S_IXUSR & modes[name] for name in ("setup.sh", "run_autograder"))
    assert not any("reference/" in name for name in modes)

    (place / "submission").mkdir()
    (place / "results").mkdir()
    right = (copied_course.root / "reference/lesson_1_2_mean/ex1_mean.py").read_text()
    (place / "submission/ex1_mean.py").write_text(right)
    program = (place / "source/run_autograder").read_text().replace("/autograder", str(place))
    uv = tmp_path / "bin/uv"
    uv.parent.mkdir()
    grade = Path(sys.executable).with_name("grade")
    uv.write_text(f'#!/bin/sh\nwhile [ "$1" != grade ]; do shift; done\nshift\nexec {grade} "$@"\n')
    uv.chmod(0o755)
    path = os.pathsep.join([str(uv.parent), os.environ["PATH"]])
    subprocess.run(["bash", "-c", program], check=True, env={**os.environ, "PATH": path, "GRADE_WARM": "0"})

    told = json.loads((place / "results/results.json").read_text())
    points = {test["name"]: test["score"] for test in told["tests"]}
    assert points
    assert 0 < sum(points.values()) < 10


def test_the_same_course_gives_the_same_archive(course):
    """An archive holds no dates, so that a new one tells whether something changed."""
    from grader.release.platforms import gradescope

    files = tree(course)
    first, second = gradescope(files, ["1.1"]), gradescope(dict(reversed(files.items())), ["1.1"])

    assert first == second
