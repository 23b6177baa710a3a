"""Comparing: structure first, then numbers, one limit a tensor; and assertions that say where two values part."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.calls import EVIDENCE, Evidence, LessonError, StudentError, evidence
from grader.compare import (
    EXACT,
    FINITE_DIFFERENCE,
    FLOAT64,
    Mismatch,
    absolute,
    compare,
    numbers,
    printed,
    relative,
    scaled,
)
from grader.proxy import Handle
from grader.results import Verdict
from grader.testing import agree, answered, assert_close, assert_true, finite_difference, raises, spy
from grader.testing.ready import _what_changes
from grader.tests.fakes import FakeCallee, pretend_program

NAN, INF = math.nan, math.inf


def t(*entries, dtype=torch.float64):
    return torch.tensor(entries, dtype=dtype)


def said(got, expected, rule=FLOAT64, what=""):
    """Return the kind and the message of the difference, or None."""
    found = compare(got, expected, rule, what).difference
    return None if found is None else (found.kind, found.message)


@pytest.fixture
def kept():
    """The evidence of a check that runs."""
    token = EVIDENCE.set(Evidence())
    yield evidence()
    EVIDENCE.reset(token)


# ---------------------------------------------------------------- structure


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (2.0, 2.0),
        (2, 2.0),
        (t(2.0)[0], 2.0),
        (2.0, t(2.0)[0]),
        (t(2.0, dtype=torch.float32)[0], 2.0),
        (t(1, 2, dtype=torch.float32), t(1, 2)),
        (t(1, 2, dtype=torch.int64), t(1.0, 2.0)),
        ([1.0, t(2.0)[0]], [1.0, 2.0]),
        ([1, 2.0], [1.0, 2.0]),
        ((1.0, "a", None), (1.0, "a", None)),
        ({"b": 1.0, "a": t(3.0)}, {"a": t(3.0), "b": 1.0}),
        ([], []),
        (t(), t()),
        (torch.empty(0, 3), torch.empty(0, 3)),
        (True, True),
        (None, None),
        (1 + 2j, 1 + 2j),
        ({1: 2}, {1: 2}),
        (t(NAN, INF, -INF), t(NAN, INF, -INF)),
        (t(0.0), t(-0.0)),
    ],
)
def test_equal(got, expected):
    """Equal values agree, also across dtypes and between numbers and 0-dimensional tensors; dtypes are judged elsewhere."""
    assert said(got, expected) is None


@pytest.mark.parametrize(
    ("got", "expected", "kind", "message"),
    [
        (None, t(1.0), "type", "The result is None: is a `return` missing?"),
        (
            {"w": None},
            {"w": t(1.0)},
            "type",
            "`w` is None, expected a Tensor: is a `return` missing, or a value never set?",
        ),
        ("1", t(1.0), "type", "The result is a str, expected a Tensor."),
        ([1.0], t(1.0), "type", "The result is a list, expected a Tensor."),
        (t(1.0), [1.0], "type", "The result is a Tensor, expected a list."),
        ((1.0,), [1.0], "type", "The result is a tuple, expected a list."),
        (1.0, t(1.0), "shape", "The result has shape [], expected [1]."),
        ([1.0], 1.0, "type", "The result is a list, expected a float."),
        (1.0, 1, "type", "The result is a float, expected an int."),
        (True, 1, "type", "The result is a bool, expected an int."),
        (True, 1.0, "type", "The result is a bool, expected a float."),
        (1, True, "type", "The result is an int, expected a bool."),
        (t(1.0), None, "type", "The result is a Tensor, expected None."),
        ([1.0], {"a": 1.0}, "type", "The result is a list, expected a dict."),
        ((1.0, 2.0, 3.0), (1.0, 2.0), "length", "The result has 3 entries, expected 2."),
        ((1.0,), (1.0, 2.0), "length", "The result has 1 entry, expected 2."),
        ([1.0], [1.0, 2.0], "length", "The result has 1 entry, expected 2."),
        ([], [1.0, 2.0], "length", "The result has 0 entries, expected 2."),
        ([1.0], [], "length", "The result has 1 entry, expected 0."),
        ({"a": 1.0}, {"a": 1.0, "b": 2.0}, "keys", "The result lacks `b`."),
        ({"a": 1.0, "c": 2.0}, {"a": 1.0}, "keys", "The result has `c` too many."),
        ({"A": 1.0}, {"a": 1.0}, "keys", "The result lacks `a` and has `A` too many."),
        (t(1.0), t(1.0, 1.0), "shape", "The result has shape [1], expected [2]."),
        (t(1.0, 1.0).reshape(2, 1), t(1.0, 1.0), "shape", "The result has shape [2, 1], expected [2]."),
        (t(1.0), t(1.0)[0], "shape", "The result has shape [1], expected []."),
        (t(1.0)[0], t(1.0), "shape", "The result has shape [], expected [1]."),
        (torch.empty(0, 3), torch.empty(3, 0), "shape", "The result has shape [0, 3], expected [3, 0]."),
        ("b", "a", "value", "The result is 'b', expected 'a'."),
        (3, 2, "value", "The result is 3, expected 2."),
        (False, True, "value", "The result is False, expected True."),
    ],
)
def test_structure(got, expected, kind, message):
    """Types, keys, lengths and shapes are compared before any number; nothing is broadcast."""
    assert (kind, message) == said(got, expected)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        ([1.0, None], [1.0, 2.0]),
        ([1.0, [2.0]], [1.0, 2.0]),
        ([t(1.0), t(2.0)], [1.0, 2.0]),
        ([1.0, 2.0], [1, 2]),
        (t(1.0), t(1, dtype=torch.int64)),
        (t(True, dtype=torch.bool), t(1.0)[:0].long()),
    ],
)
def test_a_message_about_types_names_two_different_types(got, expected):
    """A message never says that a list is a list where a list is expected."""
    found = compare(got, expected, FLOAT64).difference

    assert found is not None
    if found.kind == "type":
        assert found.expected != found.got, found.message


def test_a_handle_is_named_by_its_class():
    """A module or a function that stayed in the worker is called by its class."""
    handle = Handle(FakeCallee({}), 1, "torch.nn.modules.linear.Linear")

    assert said(handle, t(1.0)) == ("type", "The result is a torch.nn.modules.linear.Linear, expected a Tensor.")


def test_a_device_is_named_by_its_class():
    """A value that happens to have an attribute `type` is still called by its class."""
    assert said(torch.device("cpu"), t(1.0)) == ("type", "The result is a device, expected a Tensor.")


# ---------------------------------------------------------------- numbers


def test_the_limit_is_one_for_the_whole_tensor():
    """The limit is a share of the tensor's largest entry: a small entry may be off by what a large one may."""
    expected = t(1e-12, 1000.0)

    assert said(expected + t(9e-7, 0), expected) is None
    assert said(t(2e-6, 1000.0), t(0.0, 1000.0)) == ("value", "`[0]` is 2e-06, expected 0.")


@pytest.mark.parametrize(
    ("rule", "inside", "outside"),
    [
        (FLOAT64, 9e-9, 1.1e-8),
        (FINITE_DIFFERENCE, 9e-6, 1.1e-5),
        (printed(4), 5e-5, 5.2e-5),
        (absolute(0.5), 0.5, 0.51),
        (relative(0.01), 0.099, 0.101),
        (scaled(100.0), 9.9e-8, 1.01e-7),
        (EXACT, 0.0, 1e-14),
    ],
)
def test_rules(rule, inside, outside):
    """Each rule accepts what is just inside its limit and refuses what is just outside, above and below."""
    expected = t(10.0, 0.0)
    for sign in (1, -1):
        assert said(expected + t(0.0, sign * inside), expected, rule) is None
        assert said(expected + t(0.0, sign * outside), expected, rule)[0] == "value"


def test_a_series_counts_as_one_tensor():
    """A list of numbers has one limit, of its largest entry; the message names the entry."""
    assert said([100.0, 1e-8], [100.0, 0.0]) is None
    assert said([1.0, 0.5, 0.2], [1.0, 0.25, 0.2], what="losses") == ("value", "`losses[1]` is 0.5, expected 0.25.")


@pytest.mark.parametrize("value", [NAN, INF, -INF])
def test_nonfinite(value):
    """NaN and infinity never agree with a finite number, whatever the rule."""
    for rule in (FLOAT64, absolute(1e300), relative(1e300)):
        assert said(t(1.0, value), t(1.0, 2.0), rule)[0] == "nonfinite"
        assert said([1.0, value], [1.0, 2.0], rule)[0] == "nonfinite"
        assert said(value, 2.0, rule)[0] == "nonfinite"
    assert ("nonfinite", f"`[1]` is {value} where a finite number is expected.") == said(t(1.0, value), t(1.0, 2.0))


@pytest.mark.parametrize(
    ("got", "expected"), [(1.0, NAN), (1.0, INF), (INF, -INF), (NAN, INF), (INF, NAN), (1e308, INF), (-INF, NAN)]
)
def test_where_no_finite_number_is_expected(got, expected):
    """A finite number does not agree with NaN or infinity, nor do these with each other."""
    assert said(got, expected) is not None
    assert said(t(0.0, got), t(0.0, expected)) is not None


def test_the_first_difference_is_named():
    """The message is about the first part and the first entry that differ; a later part cannot hide it."""
    got = {"W1": t(1.0), "W2": torch.tensor([[1.0, 2.0], [3.0, 5.0]]), "b": "x"}
    expected = {"W1": t(1.0), "W2": torch.tensor([[1.0, 2.0], [3.0, 4.0]]), "b": t(1.0)}
    found = compare(got, expected, FLOAT64, "params").difference

    assert found.message == '`params["W2"][1, 1]` is 5, expected 4.'
    assert (found.expected, found.got, found.ratio) == (4.0, 5.0, 1.25)


def test_floors_raise_the_limit_of_one_tensor():
    """A floor counts for the tensor of its path only."""
    got, expected = {"a": t(1e-3), "b": t(1e-3)}, {"a": t(0.0), "b": t(0.0)}

    assert '["b"]' not in compare(got, expected, FLOAT64, "p", {'p["a"]': 1e-2}).difference.message.partition(" is ")[2]
    assert compare(got, expected, FLOAT64, "p", {'p["a"]': 1e-2}).difference.where == 'p["b"][0]'
    assert compare(got, expected, FLOAT64, "p", {'p["a"]': 1e-2, 'p["b"]': 1e-2}).difference is None


def test_numbers_names_parts_as_compare_does():
    """The paths of `numbers` are those of `compare`, so that floors find their tensors."""
    value = {"W": t(1.0), "history": [1.0, 2.0], 3: (t(2.0), {"b": 1.0})}

    assert [path for path, _ in numbers(value, "p")] == ['p["W"]', 'p["history"]', "p[3][0]", 'p[3][1]["b"]']


def test_complex_numbers():
    """Complex numbers are compared as such, also with real ones."""
    assert said(t(1 + 1j, dtype=torch.complex128), t(1 + 1j, dtype=torch.complex128)) is None
    assert said(t(1 + 0j, dtype=torch.complex64), t(1.0)) is None
    assert said(t(1 + 1j, dtype=torch.complex128), t(1.0))[0] == "value"


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**300, 10**320)
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=3)
    | st.builds(lambda n, dtype: torch.ones(n).to(dtype), st.integers(0, 3), st.sampled_from(["b", "i", "f", "c"]).map(
        {"b": torch.bool, "i": torch.int64, "f": torch.float32, "c": torch.complex64}.get
    )),
    lambda part: st.lists(part, max_size=3)
    | st.lists(part, max_size=3).map(tuple)
    | st.dictionaries(st.text(max_size=2) | st.integers(), part, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(deadline=None, max_examples=200, derandomize=True)
@given(VALUES, VALUES)
def test_any_two_values_can_be_compared(got, expected):
    """Whatever a submission returns is compared without an error, and every difference has a sentence."""
    found = compare(got, expected, FLOAT64).difference

    assert found is None or (found.message.endswith((".", "?")) and found.kind != "close")


@settings(deadline=None, max_examples=100, derandomize=True)
@given(VALUES)
def test_a_value_agrees_with_itself(value):
    """Every value agrees with itself."""
    try:
        tensors = dict(numbers(value))
    except OverflowError:  # integers beyond float64 are no expectation of any lesson
        return
    assert tensors is not None
    assert said(value, value) is None


BEYOND = {"long": 10**400, "negative": -(10**400), "list": [10**400], "series": [1.0, 10**400], "unprintable": 10**5000}


@pytest.mark.parametrize("value", BEYOND.values(), ids=BEYOND)
@pytest.mark.parametrize("expected", [1, 1.0, t(1.0), [1.0], [1.0, 2.0], "a", (1.0,)], ids=str)
def test_integers_beyond_float64(value, expected):
    """An integer that no float can hold is a wrong answer like any other."""
    assert said(value, expected) is not None


def test_dictionary_keys_of_any_kind():
    """Keys that cannot be shown are no obstacle to saying that a key is missing."""
    assert said({10**5000: 1.0}, {"a": 1.0})[0] == "keys"


# ---------------------------------------------------------------- assertions of checks


def test_assert_close_counts_and_measures(kept):
    """Every comparison is counted, and the error that came closest to its limit is kept."""
    assert_close(t(1.0 + 5e-10), t(1.0))
    assert_close(t(1.0 + 1e-10), t(1.0))
    assert_close("a", "a")
    assert_close(t(0.0), t(0.0))

    assert kept.comparisons == 4
    assert (pytest.approx(5e-10, rel=1e-6), 1e-9) == kept.error


def test_assert_close_names_the_value():
    """The sentence names the value; the next one says which entries are wrong."""
    with pytest.raises(Mismatch) as raised:
        assert_close([5.0, 2.0], [5.0, 2.5], rule=printed(10), what="lengths")

    assert str(raised.value) == "`lengths[1]` is 2, expected 2.5.\nOnly `lengths[1]` differs; the other is right."
    assert raised.value.difference.where == "lengths[1]"


@pytest.mark.parametrize("length", [3, 5])
def test_assert_close_on_complex_values(length):
    """A complex answer where a real one is expected is wrong, not a failure of the check."""
    with pytest.raises(Mismatch):
        assert_close(torch.full((length,), 3 + 1j), torch.arange(length, dtype=torch.float64))


def test_assert_true(kept):
    """A condition that does not hold fails with its sentence; one that holds counts as a comparison."""
    assert_true(condition=True, message="never")
    with pytest.raises(Mismatch, match="The losses must fall"):
        assert_true(condition=False, message="The losses must fall.")

    assert kept.comparisons == 2


def double(x):
    return 2 * x


def test_agree(kept):
    """Agreeing answers pass and come back; the submission gets the very arguments of the reference."""
    submission, reference = pretend_program(double=double), pretend_program(double=double)
    answer = agree(submission, reference, "double", {"x": t(1.0, 2.0)})

    assert answer.value.tolist() == [2.0, 4.0]
    assert kept.comparisons == 1


def test_agree_says_the_first_step_that_differs():
    """With `steps` the smallest count that differs is found, although only final values are returned."""

    def walk(w, epochs):
        return w * 0.5**epochs

    def late(w, epochs):
        return w * 0.5**epochs + 0.3 * (epochs > 2)

    with pytest.raises(Mismatch) as raised:
        agree(
            pretend_program(walk=late), pretend_program(walk=walk), "walk", {"w": t(4.0), "epochs": 5}, steps="epochs"
        )

    assert str(raised.value) == "epoch 3: `[0]` is 0.8, expected 0.5."
    assert raised.value.step == 3


def test_agree_names_the_parts_of_a_tuple():
    """The parts of a returned tuple are named as the reference names its variables."""
    reference = pretend_program(f=lambda x: (x, x + 1))
    reference._outputs["f"] = ("w", "b")
    with pytest.raises(Mismatch, match=r"^`b\[0\]` is 3, expected 2\."):
        agree(pretend_program(f=lambda x: (x, x + 2)), reference, "f", {"x": t(1.0)})


def refuse(x):
    raise ValueError("no rows")


def test_agree_on_errors():
    """Where the reference raises, the submission must raise the same built-in exception."""
    reference = pretend_program(f=refuse)
    assert agree(pretend_program(f=refuse), reference, "f", {"x": t()}) is None

    with pytest.raises(
        Mismatch, match=r"^`f` must raise ValueError for empty `x`, but it returned a Tensor of shape \[0\]\.$"
    ):
        agree(pretend_program(f=double), reference, "f", {"x": t()})

    def divide(x):
        return 1 // len(x)

    with pytest.raises(Mismatch, match=r"^`f` must raise ValueError for empty `x`, but: ZeroDivisionError: integer"):
        agree(pretend_program(f=divide), reference, "f", {"x": t()})


def test_agree_blames_a_broken_reference():
    """A reference that fails with what no task asks for is the lesson's fault."""

    def unwritten(x):
        raise NotImplementedError

    with pytest.raises(LessonError, match=r"^The reference failed in `f`: Not written yet"):
        agree(pretend_program(f=double), pretend_program(f=unwritten), "f", {"x": t(1.0)})


def test_agree_accepts_rounding_where_the_result_is_zero():
    """A result that is 0 in exact arithmetic may be any rounding error, and nothing larger."""
    x = torch.linspace(1.0, 2.0, 50, dtype=torch.float64)

    def right(x):
        return (x - x.mean()).sum()

    def other(x):
        return x.sum() - len(x) * x.mean()

    def wrong(x):
        return right(x) + 1e-9

    agree(pretend_program(f=other), pretend_program(f=right), "f", {"x": x})
    with pytest.raises(Mismatch):
        agree(pretend_program(f=wrong), pretend_program(f=right), "f", {"x": x})


def subclass(_x):
    raise UnicodeError("also a ValueError")


def test_raises():
    """A subclass of the expected error is accepted; another error, an answer or a stub is not."""
    case = {"x": t(1.0)}
    raises(ValueError, pretend_program(f=refuse), "f", case)
    raises(ValueError, pretend_program(f=subclass), "f", case)

    with pytest.raises(Mismatch, match=r"^`f` must raise ValueError when empty, but it returned 5.$"):
        raises(ValueError, pretend_program(f=lambda x: 5), "f", case, when=" when empty")
    with pytest.raises(Mismatch, match=r"^`f` must raise TypeError, but: ValueError: no rows$"):
        raises(TypeError, pretend_program(f=refuse), "f", case)


@pytest.mark.parametrize("error", [ValueError, RuntimeError])
def test_a_stub_raises_nothing_that_is_asked_for(error):
    """`NotImplementedError` is a `RuntimeError` to Python; to a check it means that nothing is written."""

    def stub(_x):
        types = ("NotImplementedError", "RuntimeError", "Exception")
        raise StudentError(Verdict.NOT_ATTEMPTED, "Not written yet.", types=types)

    with pytest.raises(StudentError, match="Not written yet"):
        raises(error, pretend_program(f=stub), "f", {"x": t(1.0)})


def test_raises_survives_answers_that_cannot_be_shown():
    """An answer whose text cannot be made is a wrong answer."""
    with pytest.raises(Mismatch):
        raises(ValueError, pretend_program(f=lambda x: 10**5000), "f", {"x": t(1.0)})


@pytest.mark.parametrize("given", ["a", "A", " a ", "a\n"])
def test_answered(given):
    """Case and spaces of a quiz answer do not matter."""
    answered(pretend_program(ANSWERS={"q1": given}), "q1", "a")


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"q1": "b"}, "The answer to q1 is not right."),
        ({"q1": "b)"}, "The answer to q1 must be the letter alone, not 'b)'."),
        ({"q1": 3}, "The answer to q1 must be text in quotes."),
        ({"q1": None}, "The answer to q1 must be text in quotes."),
        (["a"], "`ANSWERS` must be a dictionary, as in the stub."),
    ],
)
def test_answered_wrongly(answers, message):
    """A wrong quiz answer is told apart from one of the wrong kind, and the right letter is never said."""
    with pytest.raises(Mismatch) as raised:
        answered(pretend_program(ANSWERS=answers), "q1", "a")

    assert message == str(raised.value)


@pytest.mark.parametrize("given", ["yes", "t", "1"])
def test_answered_neither_true_nor_false(given):
    """What is asked is said, where the answer is another word."""
    with pytest.raises(Mismatch, match="must be true or false"):
        answered(pretend_program(ANSWERS={"c1": given}), "c1", "true")


@pytest.mark.parametrize("answers", [{"q1": ""}, {"q1": "  "}, {"q2": "a"}])
def test_answered_not_yet(answers):
    """An empty or missing quiz answer is not attempted, not wrong."""
    with pytest.raises(StudentError) as raised:
        answered(pretend_program(ANSWERS=answers), "q1", "a")

    assert (raised.value.verdict, str(raised.value)) == (Verdict.NOT_ATTEMPTED, "Question q1 has no answer yet.")


def test_finite_difference():
    """Central differences give the gradient of a smooth function to six digits, and leave the point alone."""
    at = t(0.5, -2.0, 100.0)
    gradient = finite_difference(lambda x: (x**3).sum(), at)

    assert_close(gradient, 3 * at**2, rule=FINITE_DIFFERENCE)
    assert at.tolist() == [0.5, -2.0, 100.0]


def test_a_spy_passes_calls_on():
    """A spy calls its function and carries a name."""
    assert (spy("grad_fn", double).name, spy("grad_fn", double)(3)) == ("grad_fn", 6)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("w", t(1.0), "`w -= …`"),
        ('params["W"]', t(1.0), "A copy of a dictionary or a list still holds"),
        ("params", {"W": t(1.0)}, "`params[…] = …`"),
        ("losses", [1.0], "`losses.append(…)`"),
    ],
)
def test_what_changes_an_argument(path, value, said):
    """A changed argument is explained by the statements that can change such a thing."""
    assert _what_changes(path, value).startswith(said)
