"""`grade audit` measures what checks tell apart: it finds holes, takes explanations, and says when a course is not sound."""

import json
import shutil

import pytest

from grader.course.audit import audit
from grader.course.audit_report import to_builtins
from grader.lessons import Course

LESSON = "lesson_1_2_mean"
EXERCISE = "ex2_descend"
CHECKS = f"tests/{LESSON}/test_{EXERCISE}.py"
REFERENCE = f"reference/{LESSON}/{EXERCISE}.py"
EQUIVALENTS = f"reference/{LESSON}/equivalents.toml"
SHARED = "reference/equivalents.toml"
QUIZ = "lesson_1_1_double"


@pytest.fixture
def quiz(course, tmp_path):
    """A course of one quiz: quick to audit, and free to be changed."""
    root = tmp_path / "quiz"
    for place in ("exercises", "reference", "tests"):
        shutil.copytree(course.root / place / QUIZ, root / place / QUIZ, ignore=shutil.ignore_patterns("__pycache__"))
    for path in root.rglob("*ex2_double*"):
        path.unlink()
    mistakes = root / "reference" / QUIZ / "mistakes.py"
    text = mistakes.read_text(encoding="utf-8")
    mistakes.write_text(text.partition('    Mistake(\n        "squares"')[0] + "]\n", encoding="utf-8")
    return Course(root)


def change(course, file, old, new):
    path = course.root / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def write(course, file, text):
    (course.root / file).write_text(text, encoding="utf-8")


def audited(course, *targets, seeds=1, mutants=None):
    return audit(course, course.select(targets), seeds=seeds, most_mutants=mutants, jobs=2)


def test_a_sound_lesson(course):
    """Right programs, named mistakes and mutants are counted for each exercise, on each seed; gradings are shared."""
    found = audited(course, "1.1", seeds=2, mutants=2)
    rows = [row.counts for row in found.rows]

    assert (found.faults, found.remarks, found.survivors) == ([], [], [])
    assert found.sound
    assert [(row.right, row.accepted) for row in rows] == [(4, 4), (6, 6)]
    assert [(row.wrong, row.refused, row.named) for row in rows] == [(6, 6, 6), (2, 2, 2)]
    assert [(row.mutants, row.killed) for row in rows] == [(2, 2), (2, 2)]
    # As many as the exercise with most programs has: per seed 2 and 3 right ones, 3 and 1 wrong ones; 2 mutants each,
    # and the reference graded like a mutant.
    assert found.gradings == 2 * 5 + 3


@pytest.fixture(scope="module")
def holed(course, tmp_path_factory):
    """The audit of a course with holes: one check is gone, and one alternative; one entry explains a survivor."""
    root = tmp_path_factory.mktemp("holed") / "course"
    shutil.copytree(course.root, root, ignore=shutil.ignore_patterns("__pycache__"))
    broken = Course(root)
    (change(broken, CHECKS, 'raises(ValueError, submission, "descend", {**', "assert_true({**"),)
    change(broken, CHECKS, '"epochs": -1})', '"epochs": -1}, "This check looks at nothing.")')
    (root / f"reference/{LESSON}/alternatives/{EXERCISE}__while.py").unlink()
    write(
        broken,
        EQUIVALENTS,
        f'[[{EXERCISE}]]\nfunction = "descend"\nold = "if epochs < 0:"\nnew = "if epochs  <  1:"\nbecause = "…"\n\n'
        f'[[{EXERCISE}]]\nold = "if epochs < 0:"\nnew = "if epochs != 0:"\nbecause = "…"\n\n'
        f'[[{EXERCISE}]]\nold = "w = w - lr * gradient"\nnew = "w = w + lr * gradient"\nbecause = "…"\n',
    )
    return audited(broken, "1.2.2")


def test_survivors_are_shown(holed):
    """A mutant that earns full marks is listed with the exercise, a name, its place and its lines."""
    shown = [(one.exercise, one.mutant.function, one.mutant.old, one.mutant.new) for one in holed.survivors]

    assert (
        "1.2.2",
        "descend",
        'if epochs < 0:\n    raise ValueError("epochs must not be negative")',
        "pass",
    ) in shown
    assert not holed.sound
    assert [one["id"] for one in to_builtins(holed)["survivors"]] == [one.mutant.id for one in holed.survivors]


def test_recorded_equivalents(holed):
    """An entry takes its mutant out of the account, unless it fits nothing any more or a check refuses the mutant."""
    assert holed.total.equivalent == 2
    assert (
        f"`{EQUIVALENTS}`: no mutant of `{EXERCISE}` turns `if epochs < 0:` into `if epochs != 0:`: remove the entry."
    ) in holed.faults
    assert (
        f"`{EQUIVALENTS}`: a check refuses the mutant that turns `w = w - lr * gradient` into `w = w + lr * gradient`: "
        "remove the entry, or mend the check if the mutant is right."
    ) in holed.faults


def test_too_few_alternatives(holed):
    """An exercise with fewer than two right alternatives is refused: one program says little about strictness."""
    assert (f"1.2.2: 1 right alternatives, fewer than 2: write `alternatives/{EXERCISE}__<style>.py`.") in holed.faults


def test_mutants_are_compared_with_their_reference(quiz):
    """Where the reference itself is refused, refused mutants prove nothing, and the audit says so."""
    change(quiz, f"tests/{QUIZ}/test_quiz.py", '"q2", "b"', '"q2", "d"')
    found = audited(quiz, seeds=0, mutants=1)

    assert found.faults == [
        (
            "1.1.1: the reference itself is refused when it is graded as its mutants are, so they say nothing. "
            "Run `grade verify`."
        )
    ]
    assert (found.total.right, found.total.wrong) == (0, 0)


def test_mistakes_that_nothing_notices(quiz):
    """A named mistake that is accepted fails the audit, one with two names is a remark."""
    change(quiz, f"reference/{QUIZ}/mistakes.py", '\'"q2": "a"\'', '\'"q2": " B"\'')
    change(quiz, f"reference/{QUIZ}/mistakes.py", '\'"q1": "c"\'', '\'"q1": "b"\'')
    found = audited(quiz)

    assert found.faults == [
        "1.1.1: no check notices the mistake `never-equal` on seed 0: add an input that shows it on every seed."
    ]
    assert set(found.remarks) == {  # in the order in which the gradings end
        "1.1.1: the mistake `square-for-double` is reported as `square-for-double`, `plus-two` on seed 0.",
        "1.1.1: the mistake `plus-two` is reported as `square-for-double`, `plus-two` on seed 0.",
    }
    assert [holds for _, holds in found.bars()] == [True, False, False, True, False]


def test_right_programs_that_are_refused(quiz):
    """A right program that loses points fails the audit."""
    change(quiz, f"reference/{QUIZ}/alternatives/quiz__capitals.py", "B ", "C ")
    found = audited(quiz, mutants=1)

    assert found.faults == [
        (
            "1.1.1: the alternative `quiz__capitals.py` (seed 0) does not earn full marks: `1.1.1/q2` says: "
            "The answer to q2 is not right. Mend the check or the program."
        )
    ]
    assert [holds for _, holds in found.bars()] == [False, True, True, True, False]


def test_what_is_equivalent_everywhere(quiz):
    """An entry for the whole course counts where no check notices; where one does, the mutant is refused as ever."""
    entry = '[[everywhere]]\nold = "{}"\nnew = "c"\nbecause = "letters are letters"\n'
    write(quiz, SHARED, entry.format("a") + entry.format("b"))
    change(quiz, f"tests/{QUIZ}/test_quiz.py", '"q1", "a"', '"q1", submission.ANSWERS["q1"]')
    write(quiz, f"reference/{QUIZ}/mistakes.py", "MISTAKES = []\n")
    found = audited(quiz)

    assert [(one.mutant.cut, one.mutant.put) for one in found.survivors] == [("a", "b"), ("a", "d")]
    assert (found.total.equivalent, found.total.killed, found.total.mutants) == (1, 3, 5)


UNREADABLE = {
    "no TOML": ("[[quiz]\n", "cannot be read: "),
    "no reason": ('[[quiz]]\nold = "a"\nnew = "b"\n', "an entry of `quiz` needs the texts `old`, `new`, `because` and may"),
    "one word too many": (
        '[[quiz]]\nold = "a"\nnew = "b"\nbecause = "c"\nline = "3"\n',
        "an entry of `quiz` needs the texts `old`, `new`, `because` and may have `function` and the number `nth`, nothing else.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", UNREADABLE)
def test_equivalents_that_cannot_be_read(quiz, fault):
    """A file of equivalents that cannot be read is a fault with a sentence, and nothing counts as equivalent."""
    text, sentence = UNREADABLE[fault]
    write(quiz, f"reference/{QUIZ}/equivalents.toml", text)
    found = audited(quiz, mutants=1)

    assert len(found.faults) == 1
    assert f"`reference/{QUIZ}/equivalents.toml`: {sentence}".replace("`: cannot", "` cannot") in found.faults[0]
    assert found.total.equivalent == 0


def test_mutants_without_an_end(quiz):
    """A mutant that never ends is stopped and counts as refused."""
    loop = "# BEGIN SOLUTION\nfor _ in iter(int, 0):\n    pass\n# STUB\n# END SOLUTION\nANSWERS: dict"
    change(quiz, f"reference/{QUIZ}/quiz.py", "ANSWERS: dict", loop)
    write(quiz, f"reference/{QUIZ}/mistakes.py", "MISTAKES = []\n")
    found = audited(quiz)

    assert found.survivors == []
    assert found.total.killed == found.total.mutants == 8


def test_the_json_is_plain(quiz):
    """The JSON form holds the totals, the rows, the bars and every sentence."""
    told = json.loads(json.dumps(to_builtins(audited(quiz, mutants=2))))
    counts = {
        "right": 2,
        "accepted": 2,
        "wrong": 3,
        "refused": 3,
        "named": 3,
        "mutants": 2,
        "killed": 2,
        "equivalent": 0,
    }

    assert (told["version"], told["seeds"], told["gradings"], told["sound"]) == (1, [0], 8, True)
    assert told["total"] == counts
    assert told["exercises"] == [{"id": "1.1.1", "name": "quiz", "alternatives": 1, **counts}]
    assert [bar["holds"] for bar in told["bars"]] == [True] * 5
    assert (told["survivors"], told["faults"], told["remarks"]) == ([], [], [])
