"""Costs are counted: work that grows with the data is found without a clock, however the loop is written."""

import pytest
import torch

from grader.calls import Call, LessonError
from grader.faults import Mismatch
from grader.proxy import Proxy
from grader.testing import assert_memory, assert_vectorised
from grader.worker.guard import AUTOGRAD

HEADER = "import operator\nimport numpy as np\nimport torch\n\n\ndef f(x, w):\n"


def case(size):
    return {
        "x": torch.arange(3.0 * size, dtype=torch.float64).reshape(size, 3),
        "w": torch.ones(3, dtype=torch.float64),
    }


def judged(callee, small=8, large=32, **words):
    assert_vectorised(Proxy(callee, {"f": ("x", "w")}), "f", case(small), case(large), **words)


def program_of(body):
    return HEADER + "".join(f"    {line}\n" for line in body.split("\n"))


VECTORISED = {
    "product": "return x @ w",
    "einsum": "return torch.einsum('nd,d->n', x, w)",
    "loop over the features": "return sum(x[:, j] * w[j] for j in range(len(w)))",
    "loop over the features with floats": "return sum(x[:, j] * float(w[j]) for j in range(3))",
    "autograd": "w = w.clone().requires_grad_()\n(x @ w).pow(2).mean().backward()\nreturn w.grad",
    "vmap": "return torch.vmap(lambda row: row @ w)(x)",
    "numpy": "return torch.from_numpy(x.numpy() @ w.numpy())",
    "another branch": "y = x @ w\nif len(x) > 16:\n    y = y + 1\n    y = y - 1\nreturn y",
    "one number": "return (x @ w).mean().item()",
    "halving": "y = x @ w\nwhile len(y) > 1:\n    y = y[: len(y) // 2] + y[len(y) // 2 :]\nreturn y",
}  # fmt: skip

LOOPS = {
    "rows": ("return torch.stack([row @ w for row in x])", "operations of torch"),
    "indices": ("y = torch.empty(len(x), dtype=x.dtype)\nfor i in range(len(x)):\n    y[i] = x[i] @ w\nreturn y", "operations of torch"),
    "item": ("return [x[i, 0].item() for i in range(len(x))]", "operations of torch"),
    "floats of a list": ("return torch.tensor([sum(a * b for a, b in zip(row, [1.0, 1.0, 1.0])) for row in x.tolist()])", "steps of Python"),
    "a comprehension on one line": ("v = list(range(len(x)))\nreturn torch.tensor([2 * i for i in v])", "steps of Python"),
    "map of a lambda": ("return torch.tensor(list(map(lambda i: 2 * i, range(len(x)))))", "steps of Python"),
    "map of C functions": ("return torch.tensor(list(map(operator.mul, x[:, 0].tolist(), x[:, 1].tolist())))", "numbers taken out of tensors"),
    "sum of a list": ("return sum(x[:, 0].tolist()) / len(x)", "numbers taken out of tensors"),
    "numpy rows": ("return torch.tensor([float(row.sum()) for row in x.numpy()])", "steps of Python"),
    "recursion": ("def add(i):\n    return 0 if i == len(x) else 1 + add(i + 1)\nreturn add(0)", "steps of Python"),
    "while": ("i = 0\nwhile i < len(x): i += 1\nreturn i", "steps of Python"),
}  # fmt: skip


@pytest.mark.parametrize("name", VECTORISED)
def test_vectorised(program, name):
    """Programs whose work in Python does not depend on the number of samples pass."""
    judged(program(program_of(VECTORISED[name])))


@pytest.mark.parametrize("name", LOOPS)
def test_loops(program, name):
    """A loop over the samples is found, whether it calls torch, computes with floats, or runs in C on a list."""
    body, words = LOOPS[name]
    with pytest.raises(Mismatch, match=words) as raised:
        judged(program(program_of(body)))

    assert raised.value.generic.name == "g-loop"


def test_the_sentence(program):
    """The sentence names both counts and what to do."""
    with pytest.raises(Mismatch) as raised:
        judged(program(program_of("return torch.stack([row @ w for row in x])")), what="rows")

    assert str(raised.value) == (
        "The work grows with the number of rows: 10 operations of torch for 8 rows, 34 for 32. Compute all rows at once."
    ), str(raised.value)


def test_other_files_of_the_submission(program, hand_in):
    """A loop in another file of the submission is seen as well."""
    from grader.calls import Source

    folder = hand_in({"other.py": "def total(n):\n    return sum(i for i in range(n))\n"})
    callee = program("")
    callee.source = Source(
        "import other\ndef f(x, w):\n    return other.total(len(x))\n", "ex1_a.py", "ex1_a", str(folder)
    )
    with pytest.raises(Mismatch, match="steps of Python"):
        judged(callee)


def test_counts_are_the_same_in_every_run(program):
    """The same call costs the same, in another worker as well, and what is not asked for is not counted."""
    text = program_of("total = 0.0\nfor row in x:\n    total += float(row @ w)\nreturn total")
    call = Call("call", "f", tuple(case(8).values()), names=("x", "w"), measure=True)
    first, other = program(text), program(text)
    counts = [callee.answer(call).counts for callee in (first, first, other)]

    assert counts[0] == counts[1] == counts[2]
    assert counts[0]["reads"] == 8
    assert first.answer(Call("call", "f", tuple(case(8).values()))).counts == {}


def test_counting_where_differentiation_is_forbidden(program):
    """The counts do not depend on what an exercise forbids."""
    text = program_of("return (x @ w).exp().sum()")
    call = Call("call", "f", tuple(case(8).values()), measure=True)

    assert program(text).answer(call).counts == program(text, forbid=(AUTOGRAD,)).answer(call).counts


def test_callbacks_are_not_counted(program):
    """What the check's own functions do is not the submission's work."""
    callee = program("def f(g, w):\n    return g(w)\n")
    counts = [
        callee.answer(Call("call", "f", (g, torch.ones(3)), measure=True)).counts
        for g in (lambda w: w, lambda w: [w * i for i in range(50)])
    ]

    assert counts[0] == counts[1]


def test_errors_while_counting(program):
    """A program that fails while it is counted is told so, and the next call is not counted."""
    callee = program("import torch\ndef f(x, w):\n    raise ValueError(len(x))\ndef g(x):\n    return x + 1\n")
    with pytest.raises(Exception, match="ValueError: 8"):
        judged(callee)

    assert callee.answer(Call("call", "g", (1,))).counts == {}


def test_cases_must_differ():
    """Two cases of the same size prove nothing, and that is the lesson's fault."""
    with pytest.raises(LessonError, match="at least 16 more samples"):
        assert_vectorised(Proxy(None, {}), "f", case(8), case(9))


MEMORY = [
    ("return (x[:, None, :] - x[None, :, :]).pow(2).sum(2)", 600),
    ("return x @ w", 10),
    ("return x + 0 * x", 60),
    ("for _ in range(10):\n    y = x * 2\nreturn y", 60),
    ("x *= 2\nreturn x", 0),
    ("return x.view(-1)[::2], x.T", 0),
    ("return [x * 1 for _ in range(5)]", 150),
    ("return torch.zeros(1).expand(1000, 1000) + 1", 1_000_001),
]


@pytest.mark.parametrize(("body", "elements"), MEMORY)
def test_memory(program, body, elements):
    """The most numbers that were alive at one time are counted: not arguments, not views, not what was let go."""
    callee = program(program_of(body))
    held = callee.answer(Call("call", "f", tuple(case(10).values()), measure=True)).counts["elements"]

    assert elements <= held <= 2 * elements + 10 * (elements > 0), held


def test_assert_memory(program):
    """A call that holds more than the bound is refused with both numbers."""
    proxy = Proxy(program(program_of("return (x[:, None] - x[None]).sum()")), {"f": ("x", "w")})
    assert_memory(proxy, "f", case(10), most=301, what="the task")
    with pytest.raises(Mismatch, match=r"holds 301 numbers in memory at one time; the task leaves room for 300\."):
        assert_memory(proxy, "f", case(10), most=300, what="the task")
