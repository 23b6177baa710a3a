"""The course on disk: what people type finds the right exercises, and what is not there is answered with what is."""

import re
from pathlib import Path

import pytest

from grader.lessons import Course, CourseError, find_course, submission_root


def ids(exercises):
    return [one.id for one in exercises]


@pytest.fixture
def many(tmp_path):
    """A course whose folders, sorted as text, stand in another order than its lessons."""
    for folder in ("lesson_1_10_ten", "lesson_1_2_two", "lesson_1_1_one", "lesson_10_1_last", "lesson_2_1_next"):
        for name in ("test_ex10_tenth.py", "test_ex2_second.py", "test_quiz.py", "notes.txt", "test_other.py"):
            path = tmp_path / "tests" / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    (tmp_path / "tests" / "not_a_lesson").mkdir()
    (tmp_path / "tests" / "lesson_3_1_file").touch()
    (tmp_path / "exercises").mkdir()
    return Course(tmp_path)


def test_lessons_are_ordered_by_number(many):
    """Lesson 1.10 comes after 1.2, and module 10 after module 2."""
    assert [lesson.id for lesson in many.lessons] == ["1.1", "1.2", "1.10", "2.1", "10.1"]


def test_exercises_are_ordered_by_number(many):
    """Exercise 10 comes after exercise 2, and the quiz is exercise 1; other files are no exercises."""
    assert ids(many.lessons[0].exercises) == ["1.1.1", "1.1.2", "1.1.10"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("1", ["1.1.1", "1.1.2", "1.2.1", "1.2.2"]),
        ("1.1", ["1.1.1", "1.1.2"]),
        (" 1.1 ", ["1.1.1", "1.1.2"]),
        ("1.2.1", ["1.2.1"]),
        ("lesson_1_2_mean", ["1.2.1", "1.2.2"]),
        ("exercises/lesson_1_2_mean/", ["1.2.1", "1.2.2"]),
        ("exercises/lesson_1_2_mean/ex2_descend.py", ["1.2.2"]),
        ("tests/lesson_1_2_mean/test_ex2_descend.py", ["1.2.2"]),
        ("exercises\\lesson_1_1_double\\quiz.py", ["1.1.1"]),
        ("ex1_mean", ["1.2.1"]),
        ("ex1_mean.py", ["1.2.1"]),
        ("quiz", ["1.1.1"]),
    ],
)
def test_targets(course, target, expected):
    """A module, a lesson, an exercise, a folder and a file all work as targets."""
    assert expected == ids(course.select([target]))


def test_no_target_is_everything(course):
    """Without a target everything is graded."""
    assert ids(course.select([])) == ["1.1.1", "1.1.2", "1.2.1", "1.2.2"]


def test_targets_are_graded_once_and_in_order(course):
    """Targets in any order, and twice, give every exercise once in the order of the course."""
    assert ids(course.select(["1.2", "1.1.2", "ex1_mean", "1.2"])) == ["1.1.2", "1.2.1", "1.2.2"]


def test_a_number_is_no_prefix_of_a_longer_one(many):
    """Target 1.1 does not mean lesson 1.10, and target 1 does not mean module 10."""
    assert ids(many.select(["1.1"])) == ["1.1.1", "1.1.2", "1.1.10"]
    assert {"1.1", "1.2", "1.10"} == {one.id.rpartition(".")[0] for one in many.select(["1"])}


@pytest.mark.parametrize(
    ("target", "near"),
    [
        ("1.3", "Near it: 1.2, 1.1, "),
        ("ex1_meam", "Near it: ex1_mean"),
        ("ex2_decsend.py", "Near it: ex2_descend"),
        ("zzz", "Near it: 1.1, 1.2. "),
        ("", "Near it: 1.1, 1.2. "),
    ],
)
def test_a_wrong_target_lists_the_nearest(course, target, near):
    """Who mistypes a target reads the nearest real ones and all lessons."""
    with pytest.raises(CourseError) as raised:
        course.select([target])

    message = str(raised.value)
    assert message.startswith(f"There is no lesson or exercise `{target}`. Near it: ")
    assert near in message
    assert message.endswith("`uv run grade list` shows all; lessons here: 1.1, 1.2.")


def test_a_name_in_several_lessons_is_not_guessed(many):
    """A file name that several lessons have is refused with the exercises it may mean; with its folder it is found."""
    with pytest.raises(CourseError, match=re.escape("`quiz` stands in several lessons: 1.1.1, 1.2.1, 1.10.1, ")):
        many.select(["quiz"])

    assert ids(many.select(["lesson_2_1_next/quiz.py"])) == ["2.1.1"]


def test_a_wrong_target_among_right_ones_is_refused(course):
    """Nothing is graded when one of several targets is wrong."""
    with pytest.raises(CourseError, match=re.escape("There is no lesson or exercise `7`.")):
        course.select(["1.1", "7"])


def test_find_course(course):
    """The course is found from its root and from any folder below."""
    assert course.root == find_course(course.root).root
    assert course.root == find_course(course.exercises_root / "lesson_1_2_mean").root


def test_no_course(tmp_path):
    """Outside of a course, and in a folder that only looks like one, the message says what to do."""
    (tmp_path / "exercises").mkdir()
    (tmp_path / "tests").mkdir()

    with pytest.raises(CourseError) as raised:
        find_course(tmp_path)

    assert (
        f"`{tmp_path}` is not inside a course: no folder from here upwards holds `exercises/` and `tests/` with lessons. "
        "Change into the course's folder and try again."
    ) == str(raised.value)


def test_submission_root(course, tmp_path, monkeypatch):
    """`--from` names a folder of lessons, a folder that holds them as `exercises`, or the references."""
    hand_in, cloned = tmp_path / "hand_in", tmp_path / "clone"
    hand_in.mkdir()
    (cloned / "exercises").mkdir(parents=True)

    monkeypatch.chdir(tmp_path)

    assert course.exercises_root == submission_root(course, None)
    assert course.reference_root == submission_root(course, "reference")
    assert hand_in == submission_root(course, str(hand_in))
    assert cloned / "exercises" == submission_root(course, str(cloned))


def test_submission_root_is_a_folder(course, tmp_path):
    """A file, or a folder that is not there, is refused."""
    path = tmp_path / "ex1_mean.py"
    path.touch()
    for given in (str(path), str(tmp_path / "nowhere")):
        with pytest.raises(CourseError) as raised:
            submission_root(course, given)

        assert f"`{given}` is not a folder. `--from` wants the folder that holds the student's lessons." == str(
            raised.value
        )


def test_paths(course):
    """Every path of an exercise is made from its lesson's folder and its name."""
    exercise = course.select(["1.2.2"])[0]
    folder = "lesson_1_2_mean"

    assert f"{folder}/ex2_descend.py" == exercise.file
    assert course.root / "exercises" / folder / "ex2_descend.py" == course.stub(exercise)
    assert course.root / "reference" / folder / "ex2_descend.py" == course.reference(exercise)
    assert course.root / "tests" / folder / "test_ex2_descend.py" == course.check_file(exercise)
    assert course.root / "reference" / folder / "mistakes.py" == course.mistakes_file(exercise)
    assert [path.name for path in course.alternatives(exercise)] == [
        "ex2_descend__recursion.py",
        "ex2_descend__while.py",
    ]
    assert exercise == course.owner(course.check_file(exercise))
    assert course.owner(Path(__file__)) is None
    assert course.lesson_of(exercise).id == "1.2"


def test_title_and_points(course, many):
    """Titles stand on the lesson page, points in the check file; a course that lacks them can still be listed."""
    assert [course.title(lesson) for lesson in course.lessons] == ["Doubling", "Means and slopes"]
    assert [course.points(one) for one in course.exercises] == [4, 6, 4, 6]
    assert many.title(many.lessons[2]) == "Ten"
    assert many.points(many.exercises[0]) == 0
