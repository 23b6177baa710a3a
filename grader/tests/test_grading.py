"""Gradings of whole hand-ins: verdicts, points, mistakes and first lines, for programs that are data.

A folder of `submissions/tiny` is a hand-in for the tiny course; its `expected.json` says what is graded and what must
come out. `failed` lists the checks that do not pass with verdict and first line (null: any); `*` stands for all.
"""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from grader.apart import grade_apart
from grader.request import Request
from grader.results import Verdict, from_json, to_json

TINY = Path(__file__).parent / "submissions" / "tiny"
FULL = {"1.1.1": 4, "1.1.2": 6, "1.2.1": 4, "1.2.2": 6}


def expected_of(folder):
    return json.loads((folder / "expected.json").read_text(encoding="utf-8"))


def names():
    return sorted(path.parent.name for path in TINY.glob("*/expected.json"))


@pytest.fixture(scope="module")
def outcomes(request, course):
    """The results of all hand-ins that are asked for, graded two at a time."""
    chosen = [
        item.callspec.params["name"]
        for item in request.session.items
        if item.module.__name__ == __name__ and "outcomes" in item.fixturenames
    ]
    told = [expected_of(TINY / name) for name in chosen]
    requests = [
        Request(course, course.select(one["targets"]), TINY / name, timeout=one.get("timeout"), device="cpu")
        for name, one in zip(chosen, told, strict=True)
    ]
    return {chosen[position]: results for position, results in grade_apart(requests, jobs=2)}


def exercises(results):
    return {one.id: one for lesson in results.lessons for one in lesson.exercises}


def first_line(text):
    return text.splitlines()[0] if text else ""


@pytest.mark.parametrize("name", names())
def test_hand_in(name, outcomes):
    """The hand-in gets the expected verdicts, points, mistakes and messages."""
    expected, results = expected_of(TINY / name), outcomes[name]
    assert not isinstance(results, Exception), results

    assert expected["status"] == results.status, results.problems
    assert list(expected["exercises"]) == list(exercises(results))
    for number, one in exercises(results).items():
        wanted = expected["exercises"][number]
        failed = {check.id.partition("/")[2]: check for check in one.checks if check.verdict is not Verdict.PASSED}
        listed = wanted["failed"]
        if "*" in listed:
            listed = {check.id.partition("/")[2]: listed["*"] for check in one.checks}

        assert listed.keys() == failed.keys()
        for check, (verdict, message) in listed.items():
            assert (check, verdict) == (check, str(failed[check].verdict)), failed[check].message
            assert message is None or message == first_line(failed[check].message)
        assert wanted["verdict"] == str(one.verdict)
        assert wanted["mistakes"] == [mistake.name for mistake in one.mistakes]
        assert (wanted["note"], Fraction(wanted["possible"])) == (one.note, one.possible)
        assert abs(Fraction(wanted["earned"]) - one.earned) < Fraction(1, 10**5)


def test_expectations_are_consistent():
    """Only right programs have full marks, nothing is earned beyond what is possible, and no hand-in is ever broken."""
    for name in names():
        expected = expected_of(TINY / name)
        assert expected["status"] == "graded"
        for number, one in expected["exercises"].items():
            earned, possible = Fraction(one["earned"]), Fraction(one["possible"])
            assert (FULL[number], one["verdict"] == "passed") == (possible, earned == possible), name


def test_a_wrong_answer_on_the_gate_earns_nothing(hand_in, grade):
    """No kind of wrong answer to the comparisons opens the gate: what is not a number counts as wrong, too."""
    text = """
import torch

def double(x):
    if x.tolist() in ([1.0, 2.0, 3.0], []):
        return x * 2
    return {answer}
"""
    for answer in (
        "{1: 2}",
        "[x] * 5",
        "(x, x)",
        "b'2'",
        "{1, 2}",
        "slice(3)",
        "torch.float64",
        "torch.Generator()",
        "1e400",
    ):
        root = hand_in({"lesson_1_1_double/ex2_double.py": text.format(answer=answer).replace("{{", "{")}, name=answer)
        results = grade(root, "1.1.2")

        assert (results.score.earned, results.status) == (0, "graded"), (answer, results.problems)


def test_results_add_up_and_survive_a_file(grade, course):
    """Sums are exact from checks to score, and results that were written and read again say the same."""
    results = grade(course.reference_root, "1.1", seed=7)
    lesson = results.lessons[0]

    assert (Fraction(10), Fraction(10), 7) == (results.score.earned, results.score.possible, results.seed)
    assert ("1.1", "Doubling", Fraction(10)) == (lesson.id, lesson.title, lesson.possible)
    assert to_json(results) == to_json(from_json(to_json(results)))


@pytest.mark.parametrize("seed", [1, 2**31 - 1])
def test_references_pass_on_any_seed(grade, course, seed):
    """The references earn full marks whatever the inputs are."""
    results = grade(course.reference_root, seed=seed)

    assert (Fraction(20), "graded", []) == (results.score.earned, results.status, results.problems)


def test_one_check_does_not_see_another(grade, hand_in):
    """A program that counts its calls starts anew in every exercise; with strict isolation in every check."""
    text = "calls = []\n\ndef double(x):\n    calls.append(1)\n    return 2 * x if len(calls) < 3 else 0 * x\n"
    files = {"lesson_1_1_double/ex2_double.py": text}

    def failed(**options):
        checks = exercises(grade(hand_in(files), "1.1.2", **options))["1.1.2"].checks
        return {check.id.partition("/")[2] for check in checks if check.verdict is not Verdict.PASSED}

    assert "contract[F64]" in failed()
    assert "contract[F64]" not in failed(strict=True)


def test_output_and_lines(grade, hand_in):
    """What was printed and the line that failed stand with the check."""
    text = "def double(x):\n    print('shape', list(x.shape))\n    return x.nope()\n"
    check = exercises(grade(hand_in({"lesson_1_1_double/ex2_double.py": text}), "1.1.2"))["1.1.2"].checks[0]

    assert (check.verdict, check.line, check.output) == (Verdict.RAISED, 3, "shape [3]\n")
    assert (
        check.message == "AttributeError: 'Tensor' object has no attribute 'nope'\n  line 3 in double: return x.nope()"
    )


def test_divergence_and_error(grade, hand_in):
    """The first place that differs stands in the results with both numbers, their ratio and the step."""
    text = "def descend(w, grad_fn, lr, epochs):\n    lengths = []\n    for epoch in range(epochs):\n        g = grad_fn(w)\n        lengths.append(g.norm().item())\n        w = w - lr * g * (1 + (epoch == 2))\n    return w, lengths\n"
    results = grade(hand_in({"lesson_1_2_mean/ex2_descend.py": text}), "1.2.2")
    check = next(one for one in exercises(results)["1.2.2"].checks if one.id.endswith("reference[bowl]"))

    assert (check.divergence.where, check.divergence.step) == ("w[0]", 3)
    assert check.divergence.ratio == pytest.approx(check.divergence.got / check.divergence.expected)
    assert check.error.observed > check.error.allowed > 0
    assert check.message.startswith("epoch 3: `w[0]` is ")


def test_nothing_to_grade(course, tmp_path, monkeypatch):
    """Without an exercise nothing runs, least of all the tests that happen to lie in the working folder."""
    (tmp_path / "test_bystander.py").write_text(f"open({str(tmp_path / 'touched')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    [(_, results)] = grade_apart([Request(course, (), tmp_path, device="cpu")], jobs=1)

    assert not (tmp_path / "touched").exists()
    assert str(results) == "GradingError: There is nothing to grade: no exercise was chosen."
