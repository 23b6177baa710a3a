"""Named mistakes: an edit fits exactly once, and a name is given only to who made exactly this mistake."""

from types import FunctionType

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.calls import Answer, LessonError, StudentError
from grader.diagnosis import MOST_NAMES, diagnose
from grader.mistakes import Mistake, load_mistakes, sentences
from grader.replay import Programs, Trial
from grader.testing import Mistake as PublicMistake
from grader.tests.fakes import FakeCallee, pretend_program
from grader.worker.wire import TensorFacts

SOURCE = """\
import math


def mean(xs):
    \"\"\"Return the mean.\"\"\"
    return sum(xs) / len(xs)


def spread(xs):
    return max(xs) - min(xs)  # sum(xs)
"""


def mistake(name="m", **more):
    return Mistake(name, exercise="ex1", **{"says": "Look again.", **more})


SUM = mistake("sum", function="mean", edit=("sum(xs) / len(xs)", "sum(xs)"))
LAST = mistake("last", function="mean", edit=("sum(xs) / len(xs)", "xs[-1]"))
RATIO = mistake("ratio", function="spread", edit=("max(xs) - min(xs)", "max(xs) / min(xs)"))


# ---------------------------------------------------------------- variants


def test_edit():
    """An edit changes the one place in its function, and nothing else."""
    changed = SUM.variant(SOURCE)

    assert SOURCE.replace("return sum(xs) / len(xs)", "return sum(xs)") == changed


def test_edit_looks_into_its_function_only():
    """The text may stand in other functions as well."""
    changed = mistake(function="mean", edit=("sum(xs)", "max(xs)")).variant(SOURCE)

    assert SOURCE.replace("return sum(xs)", "return max(xs)") == changed


def test_edit_of_the_module():
    """Without a function the edit is looked for in the whole file."""
    assert SOURCE.replace("import math", "import cmath") == mistake(edit=("import math", "import cmath")).variant(
        SOURCE
    )


def test_edits():
    """Several edits are made one after the other."""
    changed = mistake(function="spread", edits=(("max", "min"), ("- min", "- max"))).variant(SOURCE)

    assert "return min(xs) - max(xs)" in changed


def test_replace():
    """A replacement stands in place of the whole function."""
    changed = mistake(function="mean", replace="\ndef mean(xs):\n    return 0\n").variant(SOURCE)

    assert "import math\n\n\ndef mean(xs):\n    return 0\n\n\ndef spread(xs):\n" in changed
    assert "sum(xs) / len" not in changed


@pytest.mark.parametrize("mark", ["\x0c", "\x1c", "\u2028", "\r"])
def test_unusual_characters_above_the_function(mark):
    """Characters that some count as line ends do not move the place of the edit."""
    source = f'TITLE = "a{mark}b"\n{SOURCE}' if mark != "\r" else SOURCE.replace("\n", "\r\n")

    assert "return sum(xs)\n" in SUM.variant(source).replace("\r\n", "\n")
    assert "def spread(xs):" in mistake(function="mean", replace="def mean(xs):\n    return 0").variant(source)


@pytest.mark.parametrize(("text", "count"), [("median", 0), ("xs", 4)])
def test_an_edit_that_does_not_fit(text, count):
    """An edit whose text is not there, or there several times, is refused with a sentence."""
    with pytest.raises(LessonError) as raised:
        mistake("odd", function="mean", edit=(text, "ys")).variant(SOURCE)

    count = SOURCE.partition("def mean")[2].partition("def spread")[0].count(text)
    assert (
        f"Mistake `odd`: the text '{text}' stands {count} times in `mean`, not once. Change `edit` in mistakes.py."
    ) == str(raised.value)


def test_a_mistake_that_changes_nothing():
    """A mistake without an edit or a replacement, or one that replaces a text by itself, is refused."""
    for useless in (mistake(function="mean"), mistake(function="mean", edit=("sum", "sum"))):
        with pytest.raises(LessonError):
            useless.variant(SOURCE)


def test_a_function_that_is_not_there():
    """A mistake of a function that the reference lacks is refused with a sentence."""
    with pytest.raises(LessonError) as raised:
        mistake("odd", function="median", edit=("a", "b")).variant(SOURCE)

    assert (
        str(raised.value) == "Mistake `odd`: the reference has no function `median`. Change `function` in mistakes.py."
    )


# ---------------------------------------------------------------- files


def test_load_mistakes(course):
    """A lesson's file gives each exercise its own mistakes, with the shared sentences filled in."""
    mean, descend = course.select(["1.2"])
    found = load_mistakes(course, mean)

    assert [one.name for one in found] == ["sum-instead-of-mean", "mean-of-rows", "no-rows-accepted"]
    assert (
        sentences(course, found)["sum-instead-of-mean"]
        == "Your result grows with the number of rows: divide the sum by it."
    )
    assert [one.name for one in load_mistakes(course, descend)] == ["wrong-sign", "in-place-update", "extra-call"]
    assert PublicMistake is Mistake


def test_no_mistakes(copied_course):
    """A lesson without the file has no known mistakes."""
    exercise = copied_course.select(["1.2.1"])[0]
    copied_course.mistakes_file(exercise).unlink()

    assert load_mistakes(copied_course, exercise) == []


def test_a_mistake_without_a_sentence(copied_course):
    """A mistake that says nothing, and whose name no shared sentence has, is refused."""
    copied_course.feedback_file.write_text('wrong-sign = "You walk uphill."\n')
    with pytest.raises(LessonError) as raised:
        load_mistakes(copied_course, copied_course.select(["1.2.1"])[0])

    assert str(raised.value) == (
        "Mistake `sum-instead-of-mean` of 1.2.1 says nothing: give it `says=` or a line in feedback.toml."
    )


@pytest.mark.parametrize(
    "text", ["MISTAKES = [", "MISTAKE = []", "MISTAKES = [1]", "import nowhere", "MISTAKES = None"]
)
def test_a_file_that_cannot_be_read(copied_course, text):
    """A faulty file of mistakes is the lesson's fault, told with the file's name."""
    exercise = copied_course.select(["1.2.1"])[0]
    copied_course.mistakes_file(exercise).write_text(text)

    with pytest.raises(LessonError, match=r"^mistakes.py of lesson_1_2_mean cannot be read: "):
        load_mistakes(copied_course, exercise)


@pytest.mark.parametrize("text", ["a = [", "\xff", "= 1"])
def test_shared_sentences_that_cannot_be_read(copied_course, text):
    """A faulty file of sentences is the lesson's fault, too."""
    copied_course.feedback_file.write_bytes(text.encode("latin-1"))

    with pytest.raises(LessonError, match=r"feedback\.toml"):
        load_mistakes(copied_course, copied_course.select(["1.2.1"])[0])


# ---------------------------------------------------------------- diagnosis


def started(source):
    """Start a program in this process."""
    namespace = {}
    exec(source, namespace)
    return FakeCallee(namespace)


def tried(program, *calls, kind="R", failed=True):
    """Return what one check found: the calls `(function, arguments…)` on a program's source or functions."""
    proxy = program if not isinstance(program, str) else pretend_program(**functions(program))
    for name, *args in calls:
        try:
            proxy.answer(name, tuple(args))
        except StudentError:
            continue
    return Trial(kind, failed, proxy._records)


def functions(source):
    return {name: thing for name, thing in started(source).things.items() if isinstance(thing, FunctionType)}


def named(trials, *mistakes, source=SOURCE):
    return [one.name for one in diagnose(trials, mistakes, source, Programs(started)).named]


XS = [1.0, 2.0, 6.0]


def test_the_mistake_that_was_made():
    """Who made a known mistake is told its name, in whatever way it was written."""
    mine = "def mean(numbers):\n    total = 0\n    for n in numbers:\n        total += n\n    return total\n"

    assert named([tried(mine, ("mean", XS))], LAST, SUM, RATIO) == ["sum"]


def test_another_mistake():
    """Who is wrong in another way is told no name."""
    assert named([tried("def mean(xs):\n    return 9.5\n", ("mean", XS))], SUM, LAST) == []


def test_a_right_program():
    """A program none of whose checks failed is told no name, whatever it answers."""
    assert named([tried(SOURCE, ("mean", XS), failed=False)], SUM) == []
    assert named([tried(SUM.variant(SOURCE), ("mean", XS), failed=False)], SUM) == []


def test_right_answers_in_a_failed_check():
    """Right answers are never explained, also when their check failed for another reason."""
    assert named([tried(SOURCE, ("mean", XS))], SUM, LAST) == []


def test_a_right_answer_speaks_against_a_mistake():
    """A mistake is not named when the program answered one comparison as the mistake would not."""
    mine = "def mean(xs):\n    return sum(xs) if len(xs) == 3 else sum(xs) / len(xs)\n"

    assert named([tried(mine, ("mean", XS)), tried(mine, ("mean", [1.0, 2.0]), failed=False)], SUM) == []


def test_checks_of_other_kinds_do_not_speak_against():
    """What passed in a check that is no comparison of values says nothing."""
    mine = "def mean(xs):\n    return sum(xs) if len(xs) == 3 else sum(xs) / len(xs)\n"

    assert named([tried(mine, ("mean", XS)), tried(mine, ("mean", [1.0, 2.0]), failed=False, kind="CON")], SUM) == [
        "sum"
    ]


def test_blind_inputs():
    """Where a mistake answers like the reference it is blind: such calls neither speak for it nor against it."""
    mine = "def mean(xs):\n    return sum(xs) if len(xs) > 1 else 77.0\n"
    blind, seeing = tried(mine, ("mean", [5.0])), tried(mine, ("mean", XS))

    assert named([blind], SUM) == []
    assert named([blind, seeing], SUM) == ["sum"]


def test_other_kinds_serve_where_values_are_blind():
    """A mistake that no comparison shows is found by the failed checks of the other kinds."""
    mine = SUM.variant(SOURCE)

    assert named([tried(mine, ("mean", [5.0]), failed=False), tried(mine, ("mean", XS), kind="EDGE")], SUM) == ["sum"]


def test_two_mistakes_in_two_functions():
    """Two independent mistakes are both named, the one that explains more calls first."""
    mine = RATIO.variant(SUM.variant(SOURCE))
    trials = [tried(mine, ("mean", XS)), tried(mine, ("spread", XS), ("spread", [3.0, 4.0]))]

    assert named(trials, SUM, LAST, RATIO) == ["ratio", "sum"]


def test_at_most_two_names():
    """More than two names would be noise."""
    alike = [mistake(f"m{n}", function="mean", edit=("sum(xs) / len(xs)", "sum(xs)")) for n in range(4)]

    assert named([tried(SUM.variant(SOURCE), ("mean", XS))], *alike) == ["m0", "m1"]
    assert MOST_NAMES == 2


def test_one_name_for_several_codings():
    """A mistake that is listed in several codings is named once."""
    other = mistake("sum", function="mean", edit=("/ len(xs)", "* 1"))

    assert named([tried(SUM.variant(SOURCE), ("mean", XS))], other, SUM, SUM) == ["sum"]


def test_mistakes_that_raise():
    """A mistake that raises is recognised by the class of its error, and the reference's error by its absence."""
    unguarded = mistake("unguarded", function="mean", edit=("len(xs)", "(len(xs) - 3)"))

    assert named([tried("def mean(xs):\n    return 1 // 0\n", ("mean", XS))], unguarded, SUM) == ["unguarded"]
    assert named([tried("def mean(xs):\n    raise KeyError\n", ("mean", XS))], unguarded, SUM) == []


def test_errors_of_torch_must_say_the_same():
    """Two programs that raise a RuntimeError are alike only if torch says the same of both, whatever the numbers."""
    source = "import torch\n\ndef f():\n    return torch.ones(2, 3) @ torch.ones(3, 4)\n"
    shapes = mistake("shapes", function="f", edit=("(3, 4)", "(4, 3)"))
    alike = "import torch\n\ndef f():\n    return torch.ones(5, 6) @ torch.ones(7, 8)\n"
    other = "import torch\n\ndef f():\n    return torch.ones(2).backward()\n"

    assert named([tried(alike, ("f",))], shapes, source=source) == ["shapes"]
    assert named([tried(other, ("f",))], shapes, source=source) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Answer(value=1.0)", "Answer(value=1.0, mutated={'x': torch.ones(2)})"),
        ("Answer(value=1.0)", "Answer(value=1.0, aliases=['x'])"),
        ("Answer(value=1.0)", "Answer(value=1.0, counts={'backward': 2})"),
        ("Answer(value=1.0, trace=[('g', (torch.ones(2),))])", "Answer(value=1.0, trace=[('g', (torch.ones(2),))] * 2)"),
        ("Answer(value=1.0, trace=[('g', (torch.ones(2),))])", "Answer(value=1.0, trace=[('g', (torch.zeros(2),))])"),
        ("Answer(value=1.0, facts=[TensorFacts('', 'float64', 'cpu', False)])",
         "Answer(value=1.0, facts=[TensorFacts('', 'float32', 'cpu', False)])"),
        ("Answer(value=1.0, facts=[TensorFacts('', 'float64', 'cpu', False)])",
         "Answer(value=1.0, facts=[TensorFacts('', 'float64', 'cpu', True)])"),
        ("Answer(value=1.0, generators={'g': torch.Generator().manual_seed(1)})",
         "Answer(value=1.0, generators={'g': torch.Generator().manual_seed(2)})"),
    ],
)  # fmt: skip
def test_mistakes_that_show_elsewhere(right, wrong):
    """A mistake may show in arguments, dtypes, graphs, calls or random states instead of values."""
    source = f"import torch\nfrom grader.calls import Answer\nfrom grader.worker.wire import TensorFacts\n\ndef f():\n    return {right}\n"
    made = mistake("made", function="f", edit=(right, wrong))

    assert named([tried(made.variant(source), ("f",))], made, source=source) == ["made"]
    assert named([tried(source, ("f",))], made, source=source) == []


def test_dictionaries_are_explained_entry_by_entry():
    """One wrong entry does not hide another."""
    source = "def grads():\n    return {'a': 1.0, 'b': 2.0}\n"
    first = mistake("first", function="grads", edit=("1.0", "10.0"))
    second = mistake("second", function="grads", edit=("2.0", "20.0"))
    mine = second.variant(first.variant(source))

    assert named([tried(mine, ("grads",))], first, second, source=source) == ["first", "second"]
    assert named([tried(first.variant(source), ("grads",))], first, second, source=source) == ["first"]


def test_mistakes_closer_than_a_rounding_error_are_blind():
    """A mistake that hardly differs from the reference on an input is not looked for there."""
    near = mistake("near", function="mean", edit=("/ len(xs)", "/ len(xs) * (1 + 1e-7)"))

    assert named([tried(near.variant(SOURCE), ("mean", XS))], near) == []


def test_stateful_programs_are_replayed_in_order():
    """Every check is replayed from its first call on a fresh program, as it was run."""
    source = "calls = []\n\ndef f(x):\n    calls.append(x)\n    return sum(calls)\n"
    made = mistake("forgets", function="f", edit=("return sum(calls)", "return calls[-1]"))
    mine = "def f(x):\n    return x\n"
    trials = [tried(mine, ("f", 1), ("f", 2)), tried(mine, ("f", 5), ("f", 7))]

    assert named(trials, made, source=source) == ["forgets"]


@pytest.mark.parametrize(
    "odd",
    [10**400, 10**5000, {10**5000: 1}, float("nan"), torch.zeros(2) * 1j, {torch.device("cpu")}, [[]], "\ud800"],
    ids=lambda value: type(value).__name__,
)
def test_odd_answers(odd):
    """Whatever a program answers, the diagnosis comes to an end and names nothing."""
    assert named([tried(pretend_program(mean=lambda _xs: Answer(value=odd)), ("mean", XS))], SUM, LAST) == []


# ---------------------------------------------------------------- two at once, resemblance, float32

BOTH = "def f(x, y):\n    a = 2 * x\n    b = y - 1\n    return (a + b, a * b)\n"
FACTOR = mistake("factor", function="f", edit=("2 * x", "x"))
SIGN = mistake("sign", function="f", edit=("y - 1", "y + 1"))
ORDER = mistake("order", function="f", edit=("a * b", "a / b"))
CALLS = (("f", 3.7, 5.1), ("f", -1.3, 0.4))


def found(mine, *mistakes, source=BOTH, calls=CALLS, **more):
    return diagnose([tried(mine, *calls)], mistakes, source, Programs(started), **more)


def test_two_mistakes_at_once():
    """Where no mistake fits alone, two that fit together are both named."""
    mine = "def f(x, y):\n    return (x + y + 1, x * (y + 1))\n"

    assert {one.name for one in found(mine, ORDER, FACTOR, SIGN).named} == {"factor", "sign"}
    assert found(mine, ORDER, FACTOR, SIGN, seconds=0).named == []  # there is an end to the search
    assert found(mine, ORDER, FACTOR).named == []


def test_two_mistakes_must_explain_everything():
    """A pair is not named when one wrong answer is left over."""
    mine = "def f(x, y):\n    return (x + y + 1, x * (y + 1)) if x > 0 else (0.7, 0.9)\n"

    assert found(mine, FACTOR, SIGN).named == []


def test_one_mistake_is_not_two():
    """Who made one mistake is told one, also when a second one would not show."""
    blind = mistake("blind", function="f", edit=("2 * x", "x + x"))

    assert [one.name for one in found(FACTOR.variant(BOTH), blind, FACTOR, SIGN).named] == ["factor"]


def test_a_mistake_that_explains_less_is_left_out():
    """What explains only some of the calls that another mistake explains adds nothing."""
    less = mistake("less", function="f", edit=("2 * x", "(x if x > 0 else 2 * x)"))

    assert [one.name for one in found(FACTOR.variant(BOTH), less, FACTOR).named] == ["factor"]


def test_a_resemblance_is_no_name():
    """What comes near to a mistake is a hint, and nothing is named."""
    near = "def f(x, y):\n    return (1.001 * x + y - 1, 1.001 * x * (y - 1))\n"

    assert (found(near, SIGN, FACTOR).named, found(near, SIGN, FACTOR).like) == ([], FACTOR)
    assert found("def f(x, y):\n    return (9.0, 7.0)\n", SIGN, FACTOR).like is None
    assert found("def f(x, y):\n    return (float('nan'), 7.0)\n", SIGN, FACTOR).like is None
    assert found(BOTH, SIGN, FACTOR).like is None


def test_no_program_is_asked_the_same_twice():
    """The checks of the contract ask the same again and again; each variant answers once."""
    opened = []

    def start(source):
        opened.append(started(source))
        return opened[-1]

    mine = "def mean(xs):\n    return 3.3\n"
    diagnose([tried(mine, ("mean", XS), ("mean", XS)), tried(mine, ("mean", XS))], [SUM, LAST], SOURCE, Programs(start))
    asked = [len(program.calls) for program in opened]

    assert asked
    assert set(asked) == {1}


TENSORS = "import torch\n\ndef f(x):\n    return 2 * x\n"
HALF = mistake("half", function="f", edit=("2 * x", "x"))
CLOSE = mistake("close", function="f", edit=("2 * x", "2.0001 * x"))


def in_float32(factor):
    """A program that computes in float32, and what the worker says about it."""

    def f(x):
        facts = [TensorFacts("", "float32", "cpu", requires_grad=False)]
        return Answer(value=(x.float() * factor).to(torch.float32), facts=facts)

    return pretend_program(f=f)


def test_float32_does_not_hide_a_mistake():
    """A mistake made in float32 is named in spite of the rounding, together with the remark about float32."""
    x = torch.linspace(0.3, 1.7, 5, dtype=torch.float64)
    diagnosis = diagnose([tried(in_float32(1), ("f", x))], [CLOSE, HALF], TENSORS, Programs(started))

    assert ([one.name for one in diagnosis.named], diagnosis.low) == (["half"], True)


def test_float32_is_no_mistake():
    """The rounding of float32 is never taken for a mistake that is as small."""
    x = torch.linspace(0.3, 1.7, 5, dtype=torch.float64)

    assert diagnose([tried(in_float32(2), ("f", x))], [CLOSE, HALF], TENSORS, Programs(started)).named == []
    assert diagnose([tried(in_float32(2.0001), ("f", x))], [CLOSE, HALF], TENSORS, Programs(started)).named == []


@settings(deadline=None, max_examples=40, derandomize=True)
@given(st.lists(st.floats(-100, 100), min_size=1, max_size=4), st.booleans())
def test_never_a_name_on_a_right_answer(values, failed):
    """Whatever else fails, right answers get no name, no pair and no hint."""
    diagnosis = diagnose(
        [tried(SOURCE, ("mean", values), failed=failed)], [SUM, LAST, RATIO], SOURCE, Programs(started)
    )

    assert (diagnosis.named, diagnosis.like, diagnosis.explained) == ([], None, frozenset())


# ---------------------------------------------------------------- in a grading


def test_two_wrong_answers_in_a_quiz(grade, hand_in):
    """Each wrong answer of a quiz is explained by its own sentence."""
    results = grade(hand_in({"lesson_1_1_double/quiz.py": 'ANSWERS = {"q1": "c", "q2": "a"}\n'}), "1.1.1")
    found = results.lessons[0].exercises[0].mistakes

    assert [(one.name, one.says) for one in found] == [
        ("plus-two", "Five is two more than three: twice three is three plus three."),
        ("never-equal", "Try the number two: what is its square?"),
    ]


def test_an_unknown_sentence_is_the_lessons_fault(grade, hand_in, copied_course):
    """A lesson whose mistakes cannot be read grades all the same, and says that it is broken."""
    copied_course.feedback_file.unlink()
    wrong = "def mean(X):\n    return X.sum(dim=0)\n"
    results = grade(hand_in({"lesson_1_2_mean/ex1_mean.py": wrong}), "1.2.1", of=copied_course)

    assert results.status == "broken"
    assert results.problems == [
        (
            "1.2.1: the diagnosis failed: LessonError: Mistake `sum-instead-of-mean` of 1.2.1 says nothing: "
            "give it `says=` or a line in feedback.toml."
        )
    ]
    assert results.lessons[0].exercises[0].verdict == "wrong"
