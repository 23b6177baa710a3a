"""Progress: what is kept between two runs, and that nothing about it can disturb a grading."""

import os
import sqlite3
from fractions import Fraction

import pytest

from grader.progress import FOLDER, Progress, Standing
from grader.results import Verdict
from grader.tests.sample_results import check, exercise, lesson, results


def run(name, earned, verdict=Verdict.WRONG, possible=Fraction(5)):
    """Return results of one exercise, 2.3.2 or another."""
    return results(lesson([exercise(name, verdict, [check("a check")], possible=possible, earned=earned)]))


@pytest.fixture
def progress(copied_course):
    """Return the progress of a fresh course."""
    return Progress(copied_course)


def test_nothing_is_kept_at_first(progress):
    """A fresh course has no history, and asking for it makes no file."""
    assert progress.standings() == {}
    assert not progress.path.exists()


def test_best_last_and_number_of_attempts(progress):
    """Points are kept exactly; the best attempt counts, whatever came after it."""
    progress.record(run("ex2_backward", Fraction(5, 3)))
    progress.record(run("ex2_backward", Fraction(5), Verdict.PASSED))
    progress.record(run("ex2_backward", Fraction(1, 7)))
    found = Progress(progress_course(progress)).standings()["2.3.2"]

    assert (found.attempts, found.best, found.last, found.possible) == (3, 5, Fraction(1, 7), 5)
    assert (found.verdict, found.solved, progress.problem) == ("wrong", True, "")


def progress_course(progress):
    """Return the course a progress belongs to."""
    from grader.lessons import Course

    return Course(progress.path.parent.parent)


@pytest.mark.parametrize("verdict", [Verdict.NOT_ATTEMPTED, Verdict.BROKEN, Verdict.SKIPPED])
def test_what_is_no_attempt(progress, verdict):
    """An untouched stub, and a fault of the lesson, are no attempts."""
    progress.record(run("ex2_backward", Fraction(0), verdict))

    assert progress.standings() == {}


def test_hints_are_remembered(progress, copied_course):
    """The ladder goes on where it stood, in the next process too, and can begin anew."""
    first = copied_course.exercises[0]
    progress.hinted(first, 1)
    progress.hinted(first, 2)
    assert Progress(copied_course).hints(first) == 2
    progress.forget_hints(first)
    assert progress.hints(first) == 0


def test_git_ignores_the_folder(progress):
    """The history is the student's own and stays out of the repository."""
    progress.record(run("ex2_backward", Fraction(1)))

    assert (progress.path.parent / ".gitignore").read_text() == "*\n"
    assert progress.path.parent.name == FOLDER


@pytest.mark.parametrize("damage", [b"no database at all", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file(progress, damage):
    """A damaged file is put aside, named in one sentence, and a new one begins."""
    progress.path.parent.mkdir()
    progress.path.write_bytes(damage)
    progress.record(run("ex2_backward", Fraction(2)))

    [aside] = progress.path.parent.glob("*.damaged-*")
    assert aside.read_bytes() == damage
    assert progress.problem == (
        f"The file with your progress was damaged; it is kept as .grade/{aside.name}, and a new one begins."
    )
    assert progress.standings()["2.3.2"].best == 2


def test_a_locked_file(progress, monkeypatch):
    """Another terminal that holds the file too long costs this run's record and nothing else."""
    monkeypatch.setattr("grader.progress._PATIENCE_S", 0.01)
    progress.record(run("ex2_backward", Fraction(2)))
    other = sqlite3.connect(progress.path)
    other.execute("BEGIN EXCLUSIVE")
    progress.record(run("ex2_backward", Fraction(3)))
    other.close()

    assert progress.problem == (
        "Your progress could not be kept or read (database is locked); the grading itself is not affected."
    )
    assert progress.standings()["2.3.2"].attempts == 1


def test_a_folder_that_cannot_be_made(progress):
    """Where `.grade` cannot be a folder, one sentence says so."""
    progress.path.parent.write_text("a file")
    progress.record(run("ex2_backward", Fraction(2)))

    assert progress.problem == "Your progress could not be kept (File exists); the grading itself is not affected."


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs Linux's device that is always full")  # noqa: PTH110
def test_a_full_disk(progress):
    """A full disk costs the record and nothing else."""
    progress.path.parent.mkdir()
    (progress.path.parent / ".gitignore").symlink_to("/dev/full")
    progress.path.symlink_to("/dev/full")
    progress.record(run("ex2_backward", Fraction(2)))

    assert progress.problem.startswith("Your progress could not be kept")


def test_rows_of_somebody_else(progress):
    """A row that is no attempt is passed over."""
    progress.record(run("ex2_backward", Fraction(2)))
    with sqlite3.connect(progress.path) as file:
        file.execute("INSERT INTO attempt VALUES ('2.3.2', '', 0, 'wrong', 'many', '1/0')")
    file.close()

    assert progress.standings() == {"2.3.2": Standing(1, Fraction(2), Fraction(2), Fraction(5), "wrong", STARTED)}


STARTED = run("ex2_backward", Fraction(2)).started
