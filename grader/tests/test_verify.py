"""`grade verify` refuses a course that is broken in any way, each time with a sentence that says what to do next."""

import shutil

import pytest

from grader.course.verify import verify
from grader.lessons import Course

QUIZ = "lesson_1_1_double"


@pytest.fixture
def small(course, tmp_path):
    """A course of one lesson with one quiz that is worth ten points: quick to verify, and free to be broken."""
    root = tmp_path / "small"
    for place in ("exercises", "reference", "tests"):
        shutil.copytree(course.root / place / QUIZ, root / place / QUIZ, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (
        f"exercises/{QUIZ}/ex2_double.py",
        f"reference/{QUIZ}/ex2_double.py",
        f"tests/{QUIZ}/test_ex2_double.py",
    ):
        (root / path).unlink()
    for path in (root / "reference" / QUIZ / "alternatives").glob("ex2_*.py"):
        path.unlink()
    change(
        root / "reference" / QUIZ / "mistakes.py",
        lambda text: text.partition('    Mistake(\n        "squares"')[0] + "]\n",
    )
    change(root / "tests" / QUIZ / "test_quiz.py", lambda text: text.replace("points=4", "points=10"))
    change(root / "tests" / QUIZ / "hints.toml", lambda text: text.partition("[ex2_double]")[0])
    return Course(root)


def change(path, how):
    path.write_text(how(path.read_text(encoding="utf-8")), encoding="utf-8")


def refusals(course, *targets):
    """Return (the refusals, everything that was said)."""
    said = []
    report = verify(course, course.select(targets), jobs=2, say=said.append)
    assert [line.removeprefix("refused  ") for line in said if line.startswith("refused  ")] == list(
        dict.fromkeys(report.refusals)
    )
    return list(dict.fromkeys(report.refusals)), said


def replaced(file, old, new):
    """Return a change of one text of a file."""

    def apply(course):
        path = course.root / file
        assert old in path.read_text(encoding="utf-8")
        change(path, lambda text: text.replace(old, new))

    return apply


def written(file, text):
    """Return the writing of a file."""

    def apply(course):
        (course.root / file).parent.mkdir(parents=True, exist_ok=True)
        (course.root / file).write_text(text, encoding="utf-8")

    return apply


def removed(file):
    """Return the removal of a file."""
    return lambda course: (course.root / file).unlink()


def also(*changes):
    """Return several changes as one."""

    def apply(course):
        for one in changes:
            one(course)

    return apply


def test_a_sound_course(small):
    """A sound course is verified, with the numbers of what was graded."""
    found, said = refusals(small)

    assert found == []
    assert said == [
        "1 exercises, 8 gradings",
        "right programs accepted: 4 of 4 (references on seeds 0, 1, 2, and alternatives)",
        "known mistakes noticed: 3 of 3, named as themselves: 3 of 3",
        "verified",
    ]


def test_the_tiny_course(course):
    """The harness's own course is sound, with real calls, tensors and callbacks."""
    assert refusals(course, "1.2.2")[0] == []


MISTAKES = f"reference/{QUIZ}/mistakes.py"
HINTS = f"tests/{QUIZ}/hints.toml"
BREAKS = {
    "reference does not earn full marks": (
        replaced(f"reference/{QUIZ}/quiz.py", '"q1": "a"', '"q1": "b"'),
        (
            "1.1.1: the reference (seed 0) does not earn full marks: `1.1.1/q1` says: The answer to q1 is not right. "
            "Mend the check or the program."
        ),
    ),
    "reference is missing": (
        removed(f"reference/{QUIZ}/quiz.py"),
        f"1.1.1: `reference/{QUIZ}/quiz.py` is missing beside its check file: write the reference.",
    ),
    "stub is missing": (
        removed(f"exercises/{QUIZ}/quiz.py"),
        f"1.1.1: `exercises/{QUIZ}/quiz.py` is missing beside its check file: run `grade stubs 1.1.1`.",
    ),
    "stub is stale": (
        replaced(f"exercises/{QUIZ}/quiz.py", "twice three", "two times three"),
        f"`exercises/{QUIZ}/quiz.py` differs from what the reference gives: run `grade stubs`.",
    ),
    "stub is solved": (
        also(
            replaced(f"reference/{QUIZ}/quiz.py", '# STUB "q1": ""', '# STUB "q1": "a"'),
            replaced(f"exercises/{QUIZ}/quiz.py", '"q1": ""', '"q1": "a"'),
        ),
        "1.1.1: the stub earns 5 and counts as wrong: a stub must not be solved.",
    ),
    "marker without a partner": (
        replaced(f"reference/{QUIZ}/quiz.py", "    # END SOLUTION\n", ""),
        f"reference/{QUIZ}/quiz.py, line 15: `# BEGIN SOLUTION` is never closed. Add `# END SOLUTION` below the solution.",
    ),
    "reference without checks": (
        written(f"reference/{QUIZ}/ex9_more.py", "x = 1\n"),
        f"1.1: `reference/{QUIZ}/ex9_more.py` has no check file: write one or remove the file.",
    ),
    "stub without checks": (
        written(f"exercises/{QUIZ}/ex9_more.py", "x = 1\n"),
        f"1.1: `exercises/{QUIZ}/ex9_more.py` has no check file: write one or remove the file.",
    ),
    "points": (
        replaced(f"tests/{QUIZ}/test_quiz.py", "points=10", "points=9"),
        "1.1: its points sum to 9, not 10: change `points=`.",
    ),
    "no page": (
        removed(f"exercises/{QUIZ}/README.md"),
        "1.1: the lesson page README.md is missing: write it.",
    ),
    "no hints": (
        removed(HINTS),
        (
            f"1.1: `{HINTS}` is missing: write one table per exercise, each with the hints `where`, `idea` and "
            "`formula`."
        ),
    ),
    "hints cannot be read": (
        written(HINTS, "[quiz\n"),
        f"1.1: `{HINTS}` cannot be read: ",
    ),
    "no hints for an exercise": (
        replaced(HINTS, "[quiz]", "[quizz]"),
        f"1.1.1: the hint `where` is missing. Mend the table [quiz] in `{HINTS}`.",
    ),
    "hints for no exercise": (
        replaced(HINTS, "[quiz]", "[quizz]"),
        f"1.1: `{HINTS}` has hints for `quizz`, which is no exercise: rename or remove the table.",
    ),
    "hint is empty": (
        replaced(HINTS, '"Try small numbers: 0, 1, 2 and 3."', '" "'),
        f"1.1.1: the hint `idea` is missing. Mend the table [quiz] in `{HINTS}`.",
    ),
    "hint of an unknown step": (
        replaced(HINTS, "[quiz]", '[quiz]\nanswer = "a"'),
        f"1.1.1: `answer` is no hint: the steps are where, idea, formula. Mend the table [quiz] in `{HINTS}`.",
    ),
    "hint is too long": (
        replaced(HINTS, '"Try', '"' + 60 * "Try, " + "try"),
        f"1.1.1: the hint `idea` has 333 characters, more than 300. Mend the table [quiz] in `{HINTS}`.",
    ),
    "hint with code": (
        replaced(HINTS, '"Try', '"Write x = torch.zeros(3). Try'),
        (
            "1.1.1: the hint `idea` holds code (`= torch`): say it in words or mathematics. "
            f"Mend the table [quiz] in `{HINTS}`."
        ),
    ),
    "hint that is the solution": (
        replaced(HINTS, 'idea = "Try small numbers: 0, 1, 2 and 3."', "idea = '''\n  \"q1\": \"a\",\n'''"),
        (
            '1.1.1: the hint `idea` gives away the line `"q1": "a",` of the solution. '
            f"Mend the table [quiz] in `{HINTS}`."
        ),
    ),
    "no title": (
        replaced(f"tests/{QUIZ}/test_quiz.py", '    """answers question 1"""\n', ""),
        "1.1.1: the check `test_q1` needs a docstring as its title and @points(weight, kind). Mend the lesson.",
    ),
    "mistake is not noticed": (
        replaced(MISTAKES, '\'"q1": "b"\'', '\'"q1": "A"\''),
        "1.1.1: no check notices the mistake `square-for-double`: add an input that shows it.",
    ),
    "mistake has two names": (
        replaced(MISTAKES, '\'"q1": "c"\'', '\'"q1": "b"\''),
        "1.1.1: the mistake `plus-two` is reported as `square-for-double`, `plus-two`: add an input that separates them.",
    ),
    "edit does not fit": (
        replaced(MISTAKES, '\'"q2": "b"\'', '\'"q2": "x"\''),
        'Mistake `never-equal`: the text \'"q2": "x"\' stands 0 times in `quiz`, not once. Change `edit` in mistakes.py.',
    ),
    "no sentence": (
        replaced(MISTAKES, '        says="Try the number two: what is its square?",\n', ""),
        "Mistake `never-equal` of 1.1.1 says nothing: give it `says=` or a line in feedback.toml.",
    ),
    "mistakes cannot be read": (
        written(MISTAKES, "MISTAKES = [\n"),
        f"mistakes.py of {QUIZ} cannot be read: SyntaxError: '[' was never closed (mistakes.py, line 1)",
    ),
    "sentences cannot be read": (written("reference/feedback.toml", "a = [\n"), "feedback.toml"),
    "mistake of no exercise": (
        replaced(MISTAKES, 'exercise="quiz",\n        edit=(\'"q2"', 'exercise="quizz",\n        edit=(\'"q2"'),
        "`quizz`",
    ),
    "alternative is refused": (
        replaced(f"reference/{QUIZ}/alternatives/quiz__capitals.py", "B ", "C "),
        (
            "1.1.1: the alternative `quiz__capitals.py` does not earn full marks: `1.1.1/q2` says: "
            "The answer to q2 is not right. Mend the check or the program."
        ),
    ),
    "alternative of no exercise": (
        written(f"reference/{QUIZ}/alternatives/ex7_gone__other.py", "x = 1\n"),
        "ex7_gone__other.py",
    ),
    "check compares nothing": (
        written(
            f"tests/{QUIZ}/test_quiz.py",
            "from grader.testing import Exercise, points\n\nEXERCISE = Exercise(points=10)\n\n\n"
            '@points(1, "W", gate=True)\ndef test_q1(submission):\n    """answers question 1"""\n    submission.ANSWERS\n',
        ),
        "1.1.1/q1: The check passed without comparing anything. Mend the lesson.",
    ),
    "check file cannot be read": (
        written(f"tests/{QUIZ}/test_quiz.py", "EXERCISE = Exercise(points=10\n"),
        "SyntaxError",
    ),
    "two exercises with one number": (
        also(
            written(
                f"tests/{QUIZ}/test_ex1_other.py",
                "from grader.testing import Exercise\n\nEXERCISE = Exercise(points=0)\n",
            ),
            written(
                f"reference/{QUIZ}/ex1_other.py",
                "def f():\n    # BEGIN SOLUTION Return 1.\n    return 1\n    # END SOLUTION\n",
            ),
            written(
                f"exercises/{QUIZ}/ex1_other.py", "def f():\n    # TODO: Return 1.\n    raise NotImplementedError\n"
            ),
        ),
        "1.1.1: ",
    ),
}


@pytest.mark.parametrize("fault", BREAKS)
def test_refusals(small, fault):
    """A course with one fault is refused with the sentence of this fault."""
    breaking, sentence = BREAKS[fault]
    breaking(small)
    found, said = refusals(Course(small.root))

    assert any(sentence in one for one in found), found
    assert said[-1] == f"{len(found)} refusals"


def test_pictures_stand_beside_the_stubs(small):
    """A program that draws a picture lies beside the stubs and is no exercise."""
    written(f"exercises/{QUIZ}/demo_doubling.py", "x = 1\n")(small)

    assert refusals(small)[0] == []


def test_unseparable(small):
    """A mistake that no input can show is listed with its reason, and refuses nothing."""
    replaced(MISTAKES, 'says="Five', 'unseparable="letters are letters",\n        says="Five')(small)
    found, said = refusals(small)

    assert found == []
    assert "not separable by inputs: 1.1.1 plus-two: letters are letters" in said
    assert "known mistakes noticed: 2 of 2, named as themselves: 2 of 2" in said


def test_the_course_is_left_as_it_was(small):
    """Verifying writes nothing into the course but its note of what is proved."""

    def files():
        return {
            path: path.read_bytes() for path in small.root.rglob("*") if path.is_file() and ".grade" not in path.parts
        }

    before = files()
    refusals(small)

    assert before == files()


def test_a_proved_lesson_is_not_graded_again_until_something_changes(small):
    """Verification costs time only where a file of the lesson or of the grader changed; `again` grades in any case."""
    first = verify(small, small.exercises, jobs=2, say=list)
    second = verify(small, small.exercises, jobs=2, say=list)
    again = verify(small, small.exercises, jobs=2, say=list, again=True)
    change(small.root / "reference" / QUIZ / "quiz.py", lambda text: text + "\n# A comment.\n")
    changed = verify(small, small.exercises, jobs=2, say=list)

    assert first.refusals == second.refusals == again.refusals == []
    assert first.gradings == again.gradings > 0
    assert (second.gradings, second.known) == (0, 1)
    assert (second.accepted, second.named) == (first.accepted, first.named)
    assert changed.gradings > 0


def test_a_refused_lesson_is_graded_again(small):
    """What was refused is never taken for proved, and a damaged record of proofs proves nothing."""
    verify(small, small.exercises, jobs=2, say=list)
    (small.root / "exercises" / QUIZ / "README.md").unlink()

    refused = [verify(small, small.exercises, jobs=2, say=list) for _ in range(2)]
    (small.root / ".grade" / "verified.json").write_text("{]")
    damaged = verify(small, small.exercises, jobs=2, say=list)

    assert all(one.refusals and one.gradings for one in (*refused, damaged))
