"""Guidance between two gradings: hints, what to do next, a fresh stub, the solution."""

from fractions import Fraction

import pytest

from grader.guide import GuideError, hint, next_step, reset, solution
from grader.progress import Progress, Standing


@pytest.fixture
def first(copied_course):
    """Return the first exercise of the tiny course."""
    return copied_course.exercises[0]


def solved(attempts=1):
    return Standing(attempts, Fraction(5), Fraction(5), Fraction(5), "passed", "2030-01-01T00:00:00+00:00")


def begun(tried, attempts=2):
    return Standing(attempts, Fraction(5, 3), Fraction(1), Fraction(5), "wrong", tried)


# ---------------------------------------------------------------- hints


def test_the_ladder_is_climbed_step_by_step(copied_course, first):
    """Each call shows the next step, a later process goes on, and the last step stays."""
    copied_course.hints_file(first).write_text(f'[{first.name}]\nwhere = "A."\nidea = "B."\nformula = "C."\n')
    shown = [hint(copied_course, first, Progress(copied_course)) for _ in range(4)]

    assert [(one.step, one.of, one.text) for one in shown] == [(1, 3, "A."), (2, 3, "B."), (3, 3, "C."), (3, 3, "C.")]


@pytest.mark.parametrize("text", [None, "", "[other]\nwhere = 'A.'\n", "not toml = = ="])
def test_no_hint(copied_course, first, text):
    """Without a ladder the page is named."""
    path = copied_course.hints_file(first)
    path.unlink() if text is None else path.write_text(text)

    with pytest.raises(GuideError, match=rf"There is no hint for {first.id}\. Its lesson page may help: exercises/.*"):
        hint(copied_course, first, Progress(copied_course))


# ---------------------------------------------------------------- next


def test_what_to_do_first(copied_course, first):
    """A student who has done nothing begins at the beginning."""
    found = next_step(copied_course, {})

    assert (found.exercise, found.why) == (first, "You begin here, with the first exercise.")


def test_what_was_begun_last_comes_first(copied_course):
    """An exercise that was tried and not solved is to be finished; of several, the one tried last."""
    one, two, *_ = copied_course.exercises
    found = next_step(copied_course, {one.id: begun("2030-01-01"), two.id: begun("2030-01-02")})

    assert found.exercise == two
    assert found.why == "You have begun it: 1.67 of 5 points so far, in 2 attempts."


def test_the_first_that_is_not_solved(copied_course):
    """After a solved exercise comes the next one in the order of the course."""
    one, two, *_ = copied_course.exercises
    found = next_step(copied_course, {one.id: solved()})

    assert (found.exercise, found.why) == (two, "It is the first exercise that is not solved yet.")


def test_all_solved(copied_course):
    """At the end there is nothing to do."""
    found = next_step(copied_course, {one.id: solved() for one in copied_course.exercises})

    assert (found.exercise, found.why) == (None, "Every exercise is solved. Congratulations!")


# ---------------------------------------------------------------- reset


def test_reset_keeps_the_old_file(copied_course, first):
    """The student's version lies in `.grade/backup`, one file for every reset; the stub is in its place."""
    path = copied_course.stub(first)
    path.write_text("mine = 1\n")
    kept = reset(copied_course, first, "stub = 1\n")
    path.write_text("mine = 2\n")
    again = reset(copied_course, first, "stub = 1\n")

    assert (kept.read_text(), again.read_text(), path.read_text()) == ("mine = 1\n", "mine = 2\n", "stub = 1\n")
    assert kept.parent == copied_course.root / ".grade" / "backup" / first.folder
    assert [one.name for one in path.parent.iterdir() if one.name.startswith(".")] == []


def test_reset_of_a_stub_or_of_nothing(copied_course, first):
    """What is a stub already is left alone, what is missing is written."""
    path = copied_course.stub(first)
    assert reset(copied_course, first, path.read_text()) is None
    path.unlink()
    assert reset(copied_course, first, "stub = 1\n") is None
    assert path.read_text() == "stub = 1\n"


def test_reset_leaves_links_alone(copied_course, first, tmp_path):
    """A link in the place of the file may lead anywhere: it is not followed."""
    path = copied_course.stub(first)
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere.py")

    with pytest.raises(GuideError, match="is no ordinary file: move it away first"):
        reset(copied_course, first, "stub = 1\n")


# ---------------------------------------------------------------- solutions


def policy(course, text):
    (course.root / "pyproject.toml").write_text(f'[tool.grade]\nsolution = "{text}"\n')


def test_the_solution_opens_after_the_work(copied_course, first):
    """By default the reference can be read once the exercise is solved, without the marks of the stub generator."""
    with pytest.raises(
        GuideError, match=f"The solution of {first.id} opens when you have solved it. `uv run grade hint"
    ):
        solution(copied_course, first, begun("2030"))

    text = solution(copied_course, first, solved())
    assert "BEGIN SOLUTION" not in text
    assert "ANSWERS" in text


def test_the_solution_opens_after_some_attempts(copied_course, first):
    """A course may open its solutions after a number of attempts."""
    policy(copied_course, "after-3-attempts")

    with pytest.raises(GuideError, match=r"opens when you have solved it, or after 3 attempts \(so far: 2\)"):
        solution(copied_course, first, begun("2030", attempts=2))
    assert solution(copied_course, first, begun("2030", attempts=3))


def test_the_solution_stays_closed(copied_course, first):
    """A course may keep its solutions to itself."""
    policy(copied_course, "never")

    with pytest.raises(GuideError, match="This course does not show its solutions"):
        solution(copied_course, first, solved())


def test_a_policy_that_is_none(copied_course, first):
    """A policy that nobody knows is refused with the ones there are."""
    policy(copied_course, "always")

    with pytest.raises(GuideError, match="it can be `after-pass`, `after-5-attempts` or `never`"):
        solution(copied_course, first, solved())
