"""An answer key recognises what it was asked, on other machines as well, and nothing else."""

import sqlite3

import pytest
import torch

from grader.answer_key import Absent, AnswerKey, Facts, KeyWriter, RecordedMistake, stand_in
from grader.answers import Remembered
from grader.calls import Call, LessonError, NotRecordedError
from grader.proxy import Proxy, Recorder

PROGRAM = "def f(x, k=1):\n    return 2 * x\n\ndef broken(x):\n    raise ValueError('a number, please')\n"
THINGS = "def make(start):\n    state = [start]\n    def add(x):\n        state[0] += x\n        return state[0]\n    return add\n"
X = torch.linspace(-3, 3, 40, dtype=torch.float64)


@pytest.fixture
def recorded(program, tmp_path):
    """Return a maker: `recorded(text, ask)` records what `ask(callee)` asks, and returns the program read from the key."""

    def make(text, ask):
        file = tmp_path / "key.sqlite"
        writer = KeyWriter(file)
        writer.about([0, 5], {"ex1_try": Facts(stand_in(text), {"f": ("x", "k")}, {}, [])})
        ask(Remembered(program(text), writer, text))
        writer.close()
        key = AnswerKey(file)
        return Remembered(Absent(), key, key.facts("ex1_try").program)

    return make


def ask(callee, *args, name="f", **options):
    """Return the value of one call."""
    return callee.answer(Call("call", name, args, **options)).value


def test_a_key_gives_the_recorded_answer(recorded):
    """Asked the same, the key says to the bit what the program said."""
    key = recorded(PROGRAM, lambda callee: ask(callee, X, 3))

    assert torch.equal(ask(key, X.clone(), 3, scope=7), 2 * X)


@pytest.mark.parametrize("size", [3, 40])
def test_other_last_bits_are_the_same_question(recorded, size):
    """Another processor may draw inputs that differ in the last bits."""
    x = X[:size].clone()
    key = recorded(PROGRAM, lambda callee: ask(callee, x))
    moved = torch.nextafter(x, torch.tensor(torch.inf, dtype=torch.float64))

    assert not torch.equal(moved, x)
    assert torch.equal(ask(key, moved), 2 * x)


@pytest.mark.parametrize(
    "args",
    [
        (X + 1e-6,),
        (X.flip(0),),
        (X[:-1],),
        (X.reshape(5, 8),),
        (X.to(torch.float32),),
        (torch.where(X > 2.9, torch.nan, X),),
        (X, 2),
        (X, 1.0),
    ],
    ids=["moved", "reversed", "shorter", "reshaped", "float32", "nan", "count", "type"],
)
def test_another_question_is_not_answered(recorded, args):
    """What was not asked has no answer; the key never guesses."""
    key = recorded(PROGRAM, lambda callee: [ask(callee, X, 1), ask(callee, X)])

    with pytest.raises(NotRecordedError, match="holds no answer of `f`"):
        ask(key, *args)


def test_the_nearest_of_several_questions_counts(recorded):
    """Questions that differ by rounding keep their own answers."""
    moved = torch.nextafter(X, torch.tensor(torch.inf, dtype=torch.float64))
    key = recorded(PROGRAM, lambda callee: [ask(callee, X[:4]), ask(callee, moved[:4])])

    assert torch.equal(ask(key, moved[:4]), 2 * moved[:4])
    assert torch.equal(ask(key, X[:4]), 2 * X[:4])


def test_things_are_recorded_with_what_is_done_to_them(recorded):
    """A closure that a program returned can be used, as far as it was used when it was recorded."""

    def use(callee, steps):
        made = Proxy(callee, {"make": ("start",)}, _scope=4).make(10)
        return [made(step) for step in steps]

    key = recorded(THINGS, lambda callee: use(callee, [1, 2]))

    assert use(key, [1, 2]) == [11, 13]
    with pytest.raises(NotRecordedError):
        use(key, [1, 2, 3])


def test_a_key_holds_no_line_of_a_program(recorded, tmp_path):
    """An error quotes the line that raised; a key keeps its kind and words, and not the line."""

    def provoke(callee):
        with pytest.raises(Exception, match="a number, please"):
            ask(callee, X, name="broken")

    key = recorded(PROGRAM, provoke)

    with pytest.raises(Exception, match="a number, please") as caught:
        ask(key, X, name="broken")
    assert caught.value.line is None
    assert "ValueError" in caught.value.types
    assert "raise" not in caught.value.message


def test_two_recorded_mistakes_are_not_combined():
    """A key holds no programs, so two mistakes at once cannot be made from it."""
    one, other = (RecordedMistake(name, "Hm?", f"sha256:{name}", "sha256:right") for name in ("one", "other"))

    assert one.variant("sha256:right") == "sha256:one"
    with pytest.raises(LessonError):
        other.variant(one.variant("sha256:right"))


@pytest.mark.parametrize("content", [b"", b"something else" * 500])
def test_a_file_that_is_no_key_is_refused(tmp_path, content):
    """A damaged key is the course's fault, and the sentence says what to do."""
    file = tmp_path / "key.sqlite"
    file.write_bytes(content)

    with pytest.raises(LessonError, match="Fetch the course anew"):
        AnswerKey(file)


def test_a_key_of_another_version_is_refused(recorded, tmp_path):
    """Keys that this grader cannot read are not guessed at."""
    recorded(PROGRAM, lambda callee: ask(callee, X))
    with sqlite3.connect(tmp_path / "key.sqlite") as connection:
        connection.execute("UPDATE about SET value = '99' WHERE name = 'version'")
    connection.close()

    with pytest.raises(LessonError, match="version 99"):
        AnswerKey(tmp_path / "key.sqlite")


def test_a_recorder_takes_answers_of_a_key(recorded):
    """Checks use a recorded reference as they use a live one."""
    key = recorded(PROGRAM, lambda callee: ask(callee, X, seed=0))
    records = []

    assert Recorder(key, records, 1).answer(Call("call", "f", (X,))).value is not None
    assert len(records) == 1
