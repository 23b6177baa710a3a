"""A result that is known is the result that the checks would have found; whatever differs is graded."""

from fractions import Fraction

import pytest
import torch

from grader.answers import Memory
from grader.calls import Call
from grader.conversation import Conversation
from grader.mistakes import load_mistakes
from grader.results import ExerciseResult, Verdict, to_builtins

DOUBLE = "lesson_1_1_double/ex2_double.py"
DESCEND = "lesson_1_2_mean/ex2_descend.py"
PROGRAMS = {
    "right": "def double(x):\n    return 2 * x\n",
    "wrong": "def double(x):\n    return 3 * x\n",
    "raises": "def double(x):\n    raise ValueError('no')\n",
    "raises from the third call on": "seen = []\ndef double(x):\n    seen.append(x)\n    return 2 * x if len(seen) < 3 else seen[99]\n",
    "prints": "def double(x):\n    print('doubling', len(x))\n    return 2 * x\n",
    "counts its calls": "n = 0\ndef double(x):\n    global n\n    n += 1\n    print('call', n)\n    return 2 * x\n",
    "narrow": "def double(x):\n    return (2 * x).float()\n",
    "nothing": "def double(x):\n    pass\n",
    "a syntax error": "def double(x:\n",
    "no such function": "def twice(x):\n    return 2 * x\n",
    "forbidden": "import numpy\ndef double(x):\n    return 2 * x\n",
    "leaves": "import os\ndef double(x):\n    os._exit(0)\n",
}


def plain(results):
    """Return results without what differs from run to run."""
    found = to_builtins(results)
    for name in ("started", "duration_s", "submission"):
        del found[name]
    for lesson in found["lessons"]:
        for exercise in lesson["exercises"]:
            exercise["cost"] = None
            for check in exercise["checks"]:
                check["duration_s"] = 0
    return found


@pytest.fixture
def marked(copied_course, tmp_path):
    """Return a copy of the course whose first check of `double` leaves a line in a file whenever it runs, and that file."""
    file = copied_course.check_file(copied_course.select(["1.1.2"])[0])
    text = file.read_text(encoding="utf-8")
    first = "    x = torch.tensor([1.0, 2.0, 3.0]"
    trail = tmp_path / "trail"
    file.write_text(text.replace(first, f"    open({str(trail)!r}, 'a').write('x')\n{first}", 1), encoding="utf-8")
    return copied_course, trail


@pytest.fixture
def same_each_time(grade, hand_in, tmp_path):
    """Return a check that a program gets the same without a memory, and with one as a stranger, as itself and as a twin."""
    memory = tmp_path / "known.sqlite"

    def check(file, target, text, name):
        expected = plain(grade(hand_in({file: text}, name=name), target))
        twins = [text, f"{text}# Ada Lovelace, 1815\n", f"{text}\n\nunused = 0\n"]
        for number, twin in enumerate(twins):
            root = hand_in({file: twin}, name=f"{name}{number}")
            assert plain(grade(root, target, memory=memory)) == expected

    return check


@pytest.mark.parametrize("name", PROGRAMS)
def test_known_results_are_those_of_the_checks(name, same_each_time):
    """Whatever a program does, what is known of it is what the checks find."""
    same_each_time(DOUBLE, "1.1.2", PROGRAMS[name], "hand_in")


def test_known_results_of_every_mistake(course, same_each_time):
    """Programs with the known mistakes of a training loop get the same names and explanations from memory."""
    [exercise] = course.select(["1.2.2"])
    reference = course.reference(exercise).read_text(encoding="utf-8")
    for number, mistake in enumerate(load_mistakes(course, exercise)):
        same_each_time(DESCEND, "1.2.2", mistake.variant(reference), f"mistake{number}_")


def test_no_check_runs_where_the_result_is_known(grade, marked, hand_in, tmp_path):
    """Another program that answers the same is not checked again."""
    course, trail = marked
    memory = tmp_path / "known.sqlite"
    grade(hand_in({DOUBLE: PROGRAMS["right"]}), "1.1.2", of=course, memory=memory)
    once = trail.read_text()
    other = hand_in({DOUBLE: "def double(x):\n    y = x + x\n    return y\n"}, name="other")
    results = grade(other, "1.1.2", of=course, memory=memory)

    assert once
    assert trail.read_text() == once
    assert results.score.earned == results.score.possible


@pytest.mark.parametrize("change", ["seed", "check", "program"])
def test_what_differs_is_checked(change, grade, marked, hand_in, tmp_path):
    """Another seed, an edited check file and other answers are not known."""
    course, trail = marked
    memory, options = tmp_path / "known.sqlite", {}
    grade(hand_in({DOUBLE: PROGRAMS["right"]}), "1.1.2", of=course, memory=memory)
    once = trail.read_text()
    text = PROGRAMS["right"]
    if change == "seed":
        options["seed"] = 1
    elif change == "check":
        file = course.check_file(course.select(["1.1.2"])[0])
        file.write_text(file.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    else:
        text = PROGRAMS["prints"]
    grade(hand_in({DOUBLE: text}, name="other"), "1.1.2", of=course, memory=memory, **options)

    assert len(trail.read_text()) > len(once)


def test_a_program_is_asked_every_question_once(grade, hand_in, tmp_path):
    """A program that answers like another for a while, and counts its calls, sees no difference."""
    memory = tmp_path / "known.sqlite"
    counting = PROGRAMS["counts its calls"]
    grade(hand_in({DOUBLE: counting.replace("print('call', n)", "print('call', min(n, 2))")}), "1.1.2", memory=memory)
    root = hand_in({DOUBLE: counting}, name="other")

    assert plain(grade(root, "1.1.2", memory=memory)) == plain(grade(root, "1.1.2"))


def test_what_ran_into_a_limit_is_not_kept(grade, hand_in, tmp_path):
    """After a program that ends its process, others are asked as if nothing had been."""
    memory = tmp_path / "known.sqlite"
    dead = grade(hand_in({DOUBLE: "import os\ndef double(x):\n    os._exit(1)\n"}), "1.1.2", memory=memory)
    alive = grade(hand_in({DOUBLE: PROGRAMS["right"]}, name="other"), "1.1.2", memory=memory)

    assert {check.verdict for check in dead.lessons[0].exercises[0].checks} == {Verdict.KILLED}
    assert alive.score.earned == alive.score.possible


def test_a_program_runs_once(grade, hand_in, tmp_path):
    """With another comment it is not run again: even the times are those of the first run. With another line it is."""
    memory, text = tmp_path / "known.sqlite", PROGRAMS["right"]
    first, twin, stranger = (
        [check.duration_s for check in results.lessons[0].exercises[0].checks]
        for results in (
            grade(hand_in({DOUBLE: program}, name=f"hand_in{number}"), "1.1.2", memory=memory)
            for number, program in enumerate((text, f"{text}# twin\n", f"{text}x = 1\n"))
        )
    )

    assert twin == first
    assert stranger != first


def test_a_message_that_quotes_the_program_is_its_own(grade, hand_in, tmp_path):
    """The line in an error is that of the program that was handed in, with its comment."""
    memory = tmp_path / "known.sqlite"
    for name in ("Ada", "Grace"):
        text = f"def double(x):\n    return x / 0 if x is None else x[99]  # {name}\n"
        results = grade(hand_in({DOUBLE: text}, name=name), "1.1.2", memory=memory)

        assert any(f"# {name}" in check.message for check in results.lessons[0].exercises[0].checks)


def test_a_known_result_tells_its_own_cost(grade, hand_in, tmp_path):
    """Times are those of this program's calls, not of the one that was checked."""
    memory = tmp_path / "known.sqlite"
    grade(hand_in({DOUBLE: PROGRAMS["right"]}), "1.1.2", memory=memory)
    slow = "import time\ndef double(x):\n    time.sleep(0.05)\n    return 2 * x\n"
    results = grade(hand_in({DOUBLE: slow}, name="slow"), "1.1.2", memory=memory)
    checks = results.lessons[0].exercises[0].checks

    assert max(check.duration_s for check in checks) > 0.04
    assert results.lessons[0].exercises[0].cost is not None


# One conversation


NOTHING = ExerciseResult(
    id="1.1.2", name="ex2", file=DOUBLE, earned=Fraction(1), possible=Fraction(1), verdict=Verdict.PASSED, checks=[]
)
ASKING = "def f(ask, x):\n    return ask(x) + ask(2 * x)\n"


class Ask:
    """A function of a check's that remembers what it was told."""

    def __init__(self):
        self.told = []

    def __call__(self, x):
        self.told.append(float(x[0]))
        return x + 1


def talk(program, memory, text, *, ask=None, asks=1, subject=b"subject"):
    """Return a conversation with a program that was asked ahead, what is known of it, and its answers."""
    conversation = Conversation(program(text), memory, subject)
    known = conversation.foretold()
    function = ask or Ask()
    x = torch.ones(2, dtype=torch.float64)
    answers = [
        conversation.answer(Call("call", "f", (function, x), scope=1, place=place)).value.tolist()
        for place in range(asks if known is None else 0)
    ]
    return conversation, known, answers


def test_callbacks_are_known_too(program):
    """A program that tells the check's functions the same is answered as they did, without them."""
    memory, ask = Memory(), Ask()
    first, known, answers = talk(program, memory, ASKING, ask=ask)
    first.keep(NOTHING)
    silent = Ask()
    _, again, _ = talk(program, memory, "def f(ask, x):\n    y = ask(x)\n    return y + ask(x + x)\n", ask=silent)

    assert (known, answers, ask.told) == (None, [[5.0, 5.0]], [1.0, 2.0])
    assert (again, silent.told) == (NOTHING, [])


def test_a_callback_that_nobody_made_before(program):
    """A program that tells something new in the middle of a call is asked again from the beginning."""
    memory = Memory()
    talk(program, memory, ASKING)[0].keep(NOTHING)
    ask = Ask()
    conversation, known, answers = talk(program, memory, ASKING.replace("2 * x", "3 * x"), ask=ask)

    assert (known, answers, ask.told) == (None, [[6.0, 6.0]], [1.0, 3.0])
    assert conversation.callee.loads == 2


def test_functions_of_the_check_hear_what_was_said_early(program):
    """Where conversations part later, the check's functions are told everything, once."""
    memory = Memory()
    talk(program, memory, ASKING, asks=2)[0].keep(NOTHING)
    ask = Ask()
    changing = "n = 0\ndef f(ask, x):\n    global n\n    n += 1\n    return ask(x) + ask(2 * x) + (n > 1)\n"
    conversation, known, answers = talk(program, memory, changing, ask=ask, asks=2)
    conversation.keep(NOTHING)
    silent = Ask()

    assert talk(program, memory, changing, ask=silent, asks=2)[1:] == (NOTHING, [])
    assert silent.told == []
    assert (known, answers) == (None, [[5.0, 5.0], [6.0, 6.0]])
    assert ask.told == [1.0, 2.0, 1.0, 2.0]
    assert conversation.callee.spent.calls == 2


def test_large_questions_are_kept_once(program):
    """The same numbers, asked at two places of two conversations, take their room once."""
    memory, x = Memory(), torch.zeros(10_000, dtype=torch.float64)
    for text in ("def f(x):\n    return 1\n", "def f(x):\n    return 2\n"):
        conversation = Conversation(program(text), memory, b"subject")
        conversation.foretold()
        for _ in range(2):
            conversation.answer(Call("call", "f", (x,), scope=1))

    assert sum(len(value) > 80_000 for value in memory._known.values()) == 1


def test_a_reply_that_breaks_every_bound_is_never_known(program):
    """Words that cannot be written down again end the keeping, not the grading."""
    memory = Memory()
    conversation = Conversation(program("def f(x):\n    return x\n"), memory, b"subject")
    deep = []
    for _ in range(100_000):
        deep = [deep]
    conversation._hear(({"value": deep}, []))
    conversation.keep(NOTHING)

    assert not memory._known
