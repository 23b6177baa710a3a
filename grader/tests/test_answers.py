"""A trusted program is asked a question once; what is known of it is what it would say."""

import pytest
import torch

from grader.answers import Memory, Remembered
from grader.callee import Variant
from grader.calls import Call, Source, StudentError
from grader.proxy import Proxy, Recorder

DOUBLE = "def f(x):\n    return 2 * x\n"
COUNTER = """\
class Counter:
    def __init__(self, start):
        self.value = start

    def step(self, by):
        self.value += by
        return self.value

def counter(start):
    return Counter(start)

def told(counter):
    return counter.value
"""
ASKING = "def f(ask, x):\n    return ask(x) + ask(2 * x)\n"


class Counted:
    """A program that counts what it is asked."""

    def __init__(self, live):
        self.live, self.asked = live, []

    def __getattr__(self, name):
        return getattr(self.live, name)

    def exchange(self, asked):
        self.asked.append(asked.header.get("name"))
        return self.live.exchange(asked)


@pytest.fixture
def remembered(program):
    """Return a maker: `remembered(text, memory)` → (the program with that memory, what it is really asked)."""

    def make(text, memory):
        live = Counted(program(text))
        return Remembered(live, memory, text), live.asked

    return make


def ask(callee, name, *args, **options):
    """Return the value of one call."""
    return callee.answer(Call("call", name, args, **options)).value


def test_the_same_question_is_asked_once(remembered):
    """Another check, at another place, gets the known answer, and cannot spoil it for the next."""
    callee, asked = remembered(DOUBLE, Memory())
    x = torch.arange(3.0, dtype=torch.float64)

    first = ask(callee, "f", x, scope=1)
    first.zero_()
    again = ask(callee, "f", x, scope=2, place=5)

    assert asked == ["f"]
    assert torch.equal(again, 2 * x)


@pytest.mark.parametrize(
    "other",
    [
        {"args": (torch.ones(3),)},
        {"args": (torch.zeros(3, dtype=torch.float64),)},
        {"seed": 1},
        {"requires_grad": True},
        {"strided": True},
        {"pretend": "cuda:0"},
        {"measure": True},
    ],
    ids=str,
)
def test_another_question_is_asked(remembered, other):
    """Other numbers, another type, another seed or another way of asking make it another question."""
    callee, asked = remembered(DOUBLE, Memory())
    callee.answer(Call("call", "f", (torch.zeros(3),)))

    callee.answer(Call(**{"kind": "call", "name": "f", "args": (torch.zeros(3),), **other}))

    assert asked == ["f", "f"]


def test_programs_share_a_memory_without_being_mixed_up(remembered):
    """What one program said is not said of another."""
    memory = Memory()
    double, _ = remembered(DOUBLE, memory)
    triple, _ = remembered(DOUBLE.replace("2 *", "3 *"), memory)

    assert [ask(double, "f", 5), ask(triple, "f", 5), ask(double, "f", 5)] == [10, 15, 10]


def test_errors_are_known_as_well(remembered):
    """A program that raises raises again, with the same words and line."""
    callee, asked = remembered("def f(x):\n    return [][x]\n", Memory())

    def told():
        with pytest.raises(StudentError) as caught:
            ask(callee, "f", 3)
        return caught.value.message, caught.value.line, caught.value.types

    assert told() == told()
    assert asked == ["f"]


def test_a_file_serves_other_gradings(remembered, tmp_path):
    """What one grading asked, the next one knows."""
    file = tmp_path / "answers.sqlite"
    first = Memory(file)
    ask(remembered(DOUBLE, first)[0], "f", 5)
    first.close()

    callee, asked = remembered(DOUBLE, Memory(file))

    assert ask(callee, "f", 5) == 10
    assert asked == []


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to be looked at" * 100])
def test_a_file_that_is_no_memory_costs_time_only(remembered, tmp_path, content):
    """A damaged file, or one in a folder that is gone, never stops a grading."""
    damaged = tmp_path / "answers.sqlite"
    damaged.write_bytes(content)
    for file in (damaged, tmp_path / "gone" / "answers.sqlite"):
        memory = Memory(file)
        assert ask(remembered(DOUBLE, memory)[0], "f", 5) == 10
        memory.close()


def check(callee, by, scope):
    """Make a counter, step it, and return what is said: as one check does."""
    proxy = Proxy(callee, {"counter": ("start",), "told": ("counter",)}, _scope=scope)
    made = proxy.counter(10)
    steps = [made.step(one) for one in by]
    return [*steps, proxy.told(made)]


def test_things_are_known_by_what_was_done_with_them(remembered):
    """The same steps in the same order are known; the same last step after others is another question."""
    callee, asked = remembered(COUNTER, Memory())

    assert check(callee, [1, 5], 1) == [11, 16, 16]
    before = len(asked)
    assert check(callee, [1, 5], 2) == [11, 16, 16]
    assert len(asked) == before
    assert check(callee, [2, 5], 3) == [12, 17, 17]


def test_a_thing_is_made_again_where_the_known_answers_end(remembered, tmp_path):
    """A check that goes on where others stopped meets the thing in the state that it expects, in a fresh worker."""
    file = tmp_path / "answers.sqlite"
    first = Memory(file)
    check(remembered(COUNTER, first)[0], [1, 5], 1)
    first.close()

    callee, _ = remembered(COUNTER, Memory(file))

    assert check(callee, [1, 5, 7], 9) == [11, 16, 23, 23]


def test_a_thing_is_made_again_after_another_program_was_loaded(program):
    """Programs that share a worker lose what they made there when another one is loaded."""
    shared = program(COUNTER)
    memory = Memory()
    twice = COUNTER.replace("+= by", "+= 2 * by")
    one, two = (Remembered(Variant(shared, Source(text, "reference", "ex")), memory, text) for text in (COUNTER, twice))
    recorders = [Recorder(one, [], 1), Recorder(two, [], 1)]
    made = [recorder.answer(Call("call", "counter", (10,))).value for recorder in recorders]

    assert [thing.step(3) for thing in made] == [13, 16]
    assert [thing.step(4) for thing in made] == [17, 24]


def test_callbacks_are_served_again(remembered):
    """A check that counts the calls of its function sees them, and their arguments, whether the program ran or not."""
    callee, asked = remembered(ASKING, Memory())
    seen = []

    def spy(x):
        seen.append(x)
        return 10 * x

    answers = [callee.answer(Call("call", "f", (spy, 1))) for _ in range(2)]

    assert asked == ["f"]
    assert seen == [1, 2, 1, 2]
    assert [(answer.value, answer.trace) for answer in answers] == [(30, [("spy", (1,)), ("spy", (2,))])] * 2


def test_a_callback_that_says_something_else_makes_another_question(remembered):
    """Two functions of the same name are told apart by what they return."""
    callee, asked = remembered(ASKING, Memory())

    def spied(factor):
        def spy(x):
            return factor * x

        return callee.answer(Call("call", "f", (spy, 1))).value

    assert [spied(10), spied(100)] == [30, 300]
    assert asked == ["f", "f"]
