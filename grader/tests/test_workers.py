"""A callee in a worker: answers like a function call, reports what the call did, and ends whatever the program does."""

import contextlib
import os
import time
from pathlib import Path

import pytest
import torch
from torch import nn

from grader.calls import Call, StudentError
from grader.proxy import Handle, Proxy, Recorder, Spy
from grader.replay import parts
from grader.results import Verdict
from grader.tests.fakes import FakeCallee
from grader.worker.launch import Zygote
from grader.worker.process import Budget
from grader.worker.wire import BOUNDS

PRELUDE = "import torch\n"


def t(*entries):
    return torch.tensor(entries, dtype=torch.float64)


def call(callee, name, *args, names=(), **options):
    return callee.answer(Call("call", name, args, names=names, **options))


def recorded(callee):
    """Return the callee as a check sees it: its handles are numbered by the place of their call."""
    return Recorder(callee, [], 1)


def failure(callee, name="f", *args, **options):
    """Return the error of a call that must fail."""
    with pytest.raises(StudentError) as raised:
        call(callee, name, *args, **options)
    return raised.value


# ---------------------------------------------------------------- conformance of every kind of callee

SOURCE = """
import torch

DATA = {"q1": "a", "n": [1, 2.5]}
NOTHING = 7

def same(value):
    return value

def refuse(kind):
    raise {"value": ValueError, "unicode": UnicodeError, "key": KeyError}[kind]("seven")

def ask(grad_fn, w, times):
    for _ in range(times):
        w = w - grad_fn(w)
    return w

def unwritten():
    raise NotImplementedError
"""


@pytest.fixture(params=["worker", "fake"])
def callee(request, program):
    """Every kind of callee, with the same program."""
    if request.param == "worker":
        return program(SOURCE)
    namespace = {}
    exec(SOURCE, namespace)
    return FakeCallee(namespace)


def test_values(callee):
    """A value that goes in and comes back is the same value."""
    value = {"a": [1, 2.5, None, True, "x"], "b": (t(1.0, 2.0), torch.zeros(0, 3)), 3: 1 + 2j}
    back = call(callee, "same", value).value

    assert list(back) == ["a", "b", 3]
    assert (value["a"], value[3]) == (back["a"], back[3])
    assert (tuple, [1.0, 2.0], torch.Size([0, 3])) == (type(back["b"]), back["b"][0].tolist(), back["b"][1].shape)


def test_data_attributes(callee):
    """A data attribute is returned by value."""
    assert callee.answer(Call("get", "DATA")).value == {"q1": "a", "n": [1, 2.5]}


@pytest.mark.parametrize(("kind", "types"), [("value", "ValueError"), ("unicode", "UnicodeError"), ("key", "KeyError")])
def test_exceptions(callee, kind, types):
    """An exception comes back as its built-in classes, most special first."""
    error = failure(callee, "refuse", kind)

    assert (Verdict.RAISED, types) == (error.verdict, error.types[0])
    assert "Exception" in error.types
    assert error.message.startswith(f"{types}: ")
    assert "seven" in error.message


def test_missing_names(callee):
    """A function or an attribute that is not there is named."""
    message = "The file does not define `nowhere`. Keep the names and signatures of the stub."

    assert message == failure(callee, "nowhere").message
    with pytest.raises(StudentError, match="The file does not define `nowhere`"):
        callee.answer(Call("get", "nowhere"))


def test_not_written(callee):
    """`NotImplementedError` means that nothing is written yet."""
    error = failure(callee, "unwritten")

    assert (error.verdict, error.message) == (Verdict.NOT_ATTEMPTED, "Not written yet.")


def test_callbacks(callee):
    """A function of the check is called with the submission's values and its result goes back."""
    assert call(callee, "ask", Spy("grad_fn", lambda w: w / 2), t(1.0), 3).value.tolist() == [0.125]


def test_a_proxy_looks_like_a_module(callee):
    """Checks use a callee as they would use the module."""
    proxy = Proxy(callee, {"same": ("value",), "refuse": ("kind",)})

    assert proxy.same(5) == 5
    assert proxy.same(value=5) == 5
    assert proxy.NOTHING == 7
    with pytest.raises(StudentError):
        proxy.refuse("value")
    assert [record.answer is not None for record in proxy._records] == [True, True, True, False]


# ---------------------------------------------------------------- what a call did


def test_traces(program):
    """The trace holds every call of a callback in order, with copies of its arguments."""
    callee = program("def f(g, w):\n    for _ in range(3):\n        w -= g(w)\n    return w\n")
    trace = call(callee, "f", Spy("grad_fn", lambda w: w / 2), t(8.0)).trace

    assert [(name, float(args[0])) for name, args in trace] == [("grad_fn", 8.0), ("grad_fn", 4.0), ("grad_fn", 2.0)]


def test_callbacks_that_fail(program):
    """An error in a function of the check reaches the submission as the same built-in error, and it may catch it."""
    callee = program(
        "def f(g):\n    try:\n        return g(1)\n    except ZeroDivisionError:\n        return 'caught'\n"
    )

    assert call(callee, "f", lambda x: x / 0).value == "caught"


def test_callbacks_do_not_use_up_the_time(program):
    """The time that the grader spends in a callback is not the submission's."""
    callee = program("def f(g):\n    return g(1)\n")
    call(callee, "f", lambda x: x)
    before = callee.budget.left_s
    asked, slept_s = time.monotonic(), 1.0

    assert call(callee, "f", lambda x: time.sleep(slept_s) or x).value == 1
    assert before - callee.budget.left_s <= time.monotonic() - asked - slept_s


MUTATIONS = {
    "x": "x += 1",
    "x (and back)": "x += 1; x -= 1",
    "x (data)": "x.data[0] = 9",
    "x (numpy)": "x.numpy()[0] = 9",
    'params["W"]': "params['W'].mul_(2)",
    "params": "params['W'] = x",
    "params (del)": "del params['W']",
    "history": "history.append(1.0)",
    "history (entry)": "history[0] = 2.0 * history[0]",
    "history (twice)": "history[0] = 2.0 * history[0]; history[0] = 3.0 * history[0]; history[0] = 5.0 * history[0]",
    "nested[0]": "nested[0].append(1)",
}


@pytest.mark.parametrize("path", MUTATIONS)
def test_mutations(program, path):
    """A changed argument is found with its path, whether values, entries or only the memory changed."""
    callee = program(f"def f(x, params, history, nested):\n    {MUTATIONS[path]}\n")
    args = (t(1.0, 2.0), {"W": t(3.0)}, [0.1, 0.2], [[1], [2]])
    answer = call(callee, "f", *args, names=("x", "params", "history", "nested"))

    assert [path.partition(" ")[0]] == list(answer.mutated)


@pytest.mark.parametrize(
    "body", ["return x + 1", "x = x + 1; return x", "return dict(params, W=x)", "return sorted(history)"]
)
def test_no_mutations(program, body):
    """What works on copies changed nothing; NaN entries do not look like a change."""
    callee = program(f"def f(x, params, history):\n    {body}\n")
    args = (t(1.0, float("nan")), {"W": t(float("nan"))}, [float("nan")])

    assert call(callee, "f", *args, names=("x", "params", "history")).mutated == {}


@pytest.mark.parametrize(
    ("body", "aliases"),
    [
        ("return x", ["x"]),
        ("return x[1:]", ["x"]),
        ("return x.view(1, -1)", ["x"]),
        ("return x.detach()", ["x"]),
        ("return {'a': [params['W'], x + 1]}", ['params["W"]']),
        ("return params", ["params", 'params["W"]']),
        ("return x.clone()", []),
        ("return x + 0", []),
        ("return x.numpy().copy().tolist()", []),
    ],
)
def test_aliases(program, body, aliases):
    """A result that shares memory with an argument is found, through views and containers."""
    callee = program(f"def f(x, params):\n    {body}\n")

    assert aliases == call(callee, "f", t(1.0, 2.0), {"W": t(3.0)}, names=("x", "params")).aliases


@pytest.mark.parametrize("kind", ["mutated", "aliases"])
def test_arguments_without_a_name(program, kind):
    """An argument whose name nobody knows is watched like the others."""
    callee = program("def f(*xs):\n    xs[1].add_(1)\n    return xs[1]\n")

    assert len(getattr(call(callee, "f", t(1.0), t(2.0), names=("x",)), kind)) == 1


def test_graphs(program):
    """Results that carry a graph are found with their paths."""
    callee = program("def f(x):\n    y = x.clone().requires_grad_()\n    return {'a': y * 2, 'b': x}\n")

    assert call(callee, "f", t(1.0)).requires_grad == ['["a"]']


def test_graphs_where_differentiation_is_forbidden(program):
    """No operation records one there, unless a call asks whether it would; using it is forbidden all the same."""
    text = "def f(x):\n    return x.clone().requires_grad_() * 2\ndef g(x):\n    f(x).sum().backward()\n    return x\n"
    callee = program(text, forbid=("autograd",))

    assert call(callee, "f", t(1.0)).requires_grad == []
    assert call(callee, "f", t(1.0), graphs=True).requires_grad == [""]
    assert failure(callee, "g", t(1.0), graphs=True).verdict == Verdict.FORBIDDEN


def test_facts_are_of_the_result(program):
    """The dtypes of a result are those the program gave it."""
    callee = program("import torch\ndef f(x):\n    return x.float(), [x.to(torch.bfloat16)]\n")

    assert [(fact.path, fact.dtype) for fact in call(callee, "f", t(1.0)).facts] == [
        ("[0]", "float32"),
        ("[1][0]", "bfloat16"),
    ]


def test_facts_are_not_of_mutated_arguments(program):
    """What a call made of its arguments does not stand among the facts of its result."""
    callee = program("def f(x, g):\n    x += 1\n    return x.sum()\n")
    answer = call(callee, "f", t(1.0), torch.Generator(), names=("x", "g"))

    assert [fact.path for fact in answer.facts] == [""]


def test_generators(program):
    """The state of a generator after the call is part of the answer."""
    callee = program("import torch\ndef f(g):\n    return torch.rand(3, generator=g, dtype=torch.float64)\n")
    answer = call(callee, "f", torch.Generator().manual_seed(3), names=("g",))
    mine = torch.Generator().manual_seed(3)

    assert torch.equal(torch.rand(3, generator=mine, dtype=torch.float64), answer.value)
    assert torch.equal(torch.rand(3, generator=mine), torch.rand(3, generator=answer.generators["g"]))


def test_global_randomness_is_seeded(program):
    """A program that draws from torch's or Python's own generator gives the same numbers in each call."""
    callee = program("import random, torch\ndef f():\n    return random.random(), torch.rand(1)\n")
    first, again, other = call(callee, "f", seed=1), call(callee, "f", seed=1), call(callee, "f", seed=2)

    assert parts(first, None)["value"] == parts(again, None)["value"]
    assert first.value[0] != other.value[0]


def test_backward_is_counted(program):
    """Each run of torch's differentiation is counted, call by call."""
    callee = program("def f(x, n):\n    for _ in range(n):\n        (x * x).sum().backward()\n    return x.grad\n")

    assert call(callee, "f", t(1.0), 3, requires_grad=True).counts == {"backward": 3}
    assert call(callee, "f", t(1.0), 1, requires_grad=True).counts == {"backward": 1}
    assert call(callee, "f", t(1.0), 0, requires_grad=True).counts == {}


def test_options(program):
    """Arguments can be made strided or parts of a graph without changing their values."""
    callee = program("def f(x):\n    return x.is_contiguous(), x.requires_grad, x.tolist()\n")
    x = t(1.0, 2.0, 3.0, 4.0).reshape(2, 2)

    assert (True, False, x.tolist()) == call(callee, "f", x).value
    assert (False, False, x.tolist()) == call(callee, "f", x, strided=True).value
    assert (True, True, x.tolist()) == call(callee, "f", x, requires_grad=True).value


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return x * torch.ones(2)", "Expected all tensors to be on the same device, but found at least two devices"),
        ("return x + torch.zeros_like(x)", ["cuda:0"]),
        ("return torch.ones(2, device=x.device).double() @ x", ["cuda:0"]),
        ("return x * torch.tensor(2.0)", ["cuda:0"]),
        ("return x.cpu()", ["cpu"]),
        ("return torch.zeros(2)", ["cpu"]),
        ("return x.numpy()", "can't convert cuda:0 device type tensor to numpy"),
        ("return [float(v) for v in x]", []),
        ("return x[torch.tensor([1, 0])]", ["cuda:0"]),
        ("y = torch.empty_like(x); y[0] = 1.0; return y", ["cuda:0"]),
        ("return torch.cat([x, torch.zeros(1)])", "Expected all tensors to be on the same device"),
        ("return x.to('cpu').to(x.device)", ["cuda:0"]),
    ],
)
def test_dry_runs(program, body, said):
    """On a pretended GPU values are right, mixtures fail as they would there, and results say where they lie."""
    callee = program(f"import torch\ndef f(x):\n    {body}\n")
    if isinstance(said, list):
        assert said == [fact.device for fact in call(callee, "f", t(1.0, 2.0), names=("x",), pretend="cuda:0").facts]
    else:
        assert said in failure(callee, "f", t(1.0, 2.0), names=("x",), pretend="cuda:0").message


# ---------------------------------------------------------------- things that stay in the worker


def test_handles(program):
    """A module, a closure and an object stay in the worker and can be used from the check."""
    text = """
import torch
class Net:
    size = 3
    def __init__(self):
        self.weights = [1.0, 2.0]
        self.inner = lambda x: 2 * x
    def __call__(self, x): return x + 1
    def __len__(self): return 7
    def __getitem__(self, key): return key * 2
    def step(self, by): self.weights.append(by)
def make(): return Net()
def counter():
    yield 1
    yield torch.ones(2)
"""
    net = call(recorded(program(text)), "make").value

    assert isinstance(net, Handle)
    assert (net.size, net.weights, net(5), len(net), net[4], net.inner(5)) == (3, [1.0, 2.0], 6, 7, 8, 10)
    net.step(3.0)
    assert net.weights == [1.0, 2.0, 3.0]
    with pytest.raises(StudentError, match="AttributeError: 'Net' object has no attribute 'nope'"):
        _ = net.nope


def test_handles_come_back(program):
    """A handle that is passed to another call is the thing itself."""
    callee = recorded(program("def make():\n    return lambda: 5\ndef use(thing):\n    return thing()\n"))

    assert call(callee, "use", call(callee, "make").value).value == 5


def test_handles_are_numbered_by_the_place_of_their_call(program):
    """A program that gives out more things, or fails before, does not change the numbers of later ones: replays fit."""
    text = "def one():\n    return object()\ndef three():\n    return [object(), object(), object()]\n"
    first, second = Recorder(program(text), [], 1), Recorder(program(text), [], 2)
    call(first, "one")
    call(second, "three")
    with pytest.raises(StudentError):
        call(second, "three", 5)
    with pytest.raises(StudentError):
        call(first, "three", 5)

    assert call(first, "one").value.number == call(second, "one").value.number


def test_another_check_forgets_the_handles(program):
    """Things that one check kept are let go when the next one begins."""
    callee = program("def make():\n    return lambda: 5\ndef use(thing):\n    return thing()\n")
    thing = call(Recorder(callee, [], 1), "make").value

    with pytest.raises(StudentError, match="KeyError"):
        call(Recorder(callee, [], 2), "use", thing)


def net_and_optimizer(rate):
    net = nn.Linear(2, 1)
    nn.init.zeros_(net.weight)
    return net, torch.optim.SGD(net.parameters(), lr=rate)


def weights_of(net):
    return net.weight.detach()


def test_inside(program):
    """A function of the check makes what cannot travel and looks at it afterwards; nothing is forbidden to it."""
    text = """
def step(net, optimizer, x):
    optimizer.zero_grad()
    net(x).sum().backward()
    optimizer.step()
"""
    proxy = Proxy(program(text), {"step": ("net", "optimizer", "x")})
    net, optimizer = proxy.inside(net_and_optimizer, 0.5)
    proxy.step(net, optimizer, torch.ones(3, 2))

    assert isinstance(net, Handle)
    assert proxy.inside(weights_of, net).tolist() == [[-1.5, -1.5]]


def test_nothing_is_forbidden_inside(program):
    """What a check makes may use what the submission must not; the submission's rules hold again afterwards."""
    text = "import torch\ndef step(w):\n    return torch.optim.SGD([w.requires_grad_()], lr=1.0)\n"
    callee = Recorder(program(text, forbid=("torch.optim",)), [], 1)
    Proxy(callee, {}).inside(net_and_optimizer, 0.5)

    assert failure(callee, "step", torch.ones(1)).verdict == Verdict.FORBIDDEN


@pytest.mark.parametrize("use", ["from torch.utils.data import DataLoader", "from torch.utils import data"])
def test_a_module_can_be_forbidden(program, use):
    """A dotted name of a module forbids all of it; importing it is free."""
    text = f"{use}\nimport torch.utils.data\ndef f(x):\n    return torch.utils.data.DataLoader(x)\n"

    assert failure(program(text, forbid=("torch.utils.data",)), "f", [1]).verdict == Verdict.FORBIDDEN


def test_a_class_can_be_forbidden(program):
    """A dotted name of a class forbids making one, under whatever name it was imported."""
    text = "import torch\nfrom torch.utils.data.dataset import TensorDataset as T\ndef f(x):\n    return T(x)\n"
    callee = program(text, forbid=("torch.utils.data.TensorDataset",))

    assert failure(callee, "f", torch.ones(2)).verdict == Verdict.FORBIDDEN


def test_optimizers_do_not_import_the_compiler(program):
    """A step of an optimizer works without `torch._dynamo`, which is imported when something else needs it."""
    text = """
import sys, torch
def step():
    w = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.Adam([w], lr=0.1)
    w.sum().backward()
    optimizer.step()
    optimizer.zero_grad()
    return len([name for name in sys.modules if name.startswith("torch._dynamo")])
def compiled():
    import torch._dynamo
    doubled = torch.compile(lambda x: 2 * x)(torch.ones(2))
    return doubled, torch._dynamo.__name__, torch._dynamo.config.__name__
"""
    callee = program(text)

    assert call(callee, "step").value <= 1
    doubled, *names = call(callee, "compiled").value
    assert (doubled.tolist(), names) == ([2.0, 2.0], ["torch._dynamo", "torch._dynamo.config"])
    assert call(callee, "step").value > 1


WAYS = {
    "grad": "torch.func.grad(lambda y: (y * y).sum())(x)",
    "grad_and_value": "torch.func.grad_and_value(lambda y: (y * y).sum())(x)[0]",
    "vmap": "torch.func.vmap(lambda y: 2 * y)(x)",
    "vjp": "torch.func.vjp(lambda y: y * y, x)[1](torch.ones_like(x))[0]",
    "jvp": "torch.func.jvp(lambda y: y * y, (x,), (torch.ones_like(x),))[1]",
    "jacrev": "torch.func.jacrev(lambda y: y * y)(x).diagonal()",
    "jacfwd": "torch.func.jacfwd(lambda y: y * y)(x).diagonal()",
    "hessian": "torch.func.hessian(lambda y: (y**3).sum())(x).diagonal() / 3",
    "linearize": "torch.func.linearize(lambda y: y * y, x)[1](torch.ones_like(x))",
    "functional_call": "torch.func.functional_call(torch.nn.Linear(1, 1), {'weight': x[:1, None], 'bias': x[:1]}, (x[:1],)) * x",
    "jacobian": "torch.autograd.functional.jacobian(lambda y: y * y, x, vectorize=True).diagonal()",
    "compile": "torch.compile(lambda y: 2 * y)(x)",
    "compiled module": "2 * torch.compile(torch.nn.Identity())(x)",
    "decorator": "torch.compile(dynamic=True)(lambda y: 2 * y)(x)",
    "script": "torch.jit.script(double)(x)",
}


@pytest.mark.parametrize("way", WAYS)
def test_what_torch_imports_late(program, way):
    """What needs torch's rules for compilers works in a worker, although they are not imported at its start."""
    text = f"import torch\ndef double(x):\n    return 2 * x\ndef f(x):\n    return {WAYS[way]}\n"

    assert call(program(text), "f", t(1.0, 2.0)).value.tolist() == [2.0, 4.0]


def test_iteration(program):
    """A generator is iterated one item at a time, lazily; an error on the way is the student's."""
    text = "def f(n):\n    for i in range(n):\n        yield i, [i]\n    raise ValueError('end')\n"
    iterator = iter(call(recorded(program(text)), "f", 2).value)

    assert [next(iterator), next(iterator)] == [(0, [0]), (1, [1])]
    with pytest.raises(StudentError, match="ValueError: end"):
        next(iterator)


def test_an_endless_generator(program):
    """An iterator without an end can be used as far as it is needed."""
    iterator = iter(call(recorded(program("import itertools\ndef f():\n    return itertools.count()\n")), "f").value)

    assert [next(iterator) for _ in range(3)] == [0, 1, 2]


def test_what_cannot_be_graded(program):
    """A value that is neither data nor an object is refused with a sentence."""
    error = failure(program("import torch\ndef f():\n    return torch.zeros(2).to_sparse()\n"))

    assert error.verdict == Verdict.WRONG
    assert error.message.startswith("The answer cannot be graded: `the value` is a tensor of a kind that is not graded")


# ---------------------------------------------------------------- prints, warnings, tracebacks


def test_prints(program):
    """What a call prints, with print or past it, comes back with its answer, and only once."""
    callee = program(
        "import os, sys\ndef f(n):\n    print('out', n)\n    print('err', file=sys.stderr)\n    os.write(1, b'raw\\xff')\n"
    )

    said = call(callee, "f", 1).stdout
    assert ("out 1\n" in said, "err\n" in said, "raw\ufffd" in said) == (True, True, True)
    assert "out 1" not in call(callee, "f", 2).stdout


def test_prints_of_a_failing_call(program):
    """What was printed before an error is shown with it."""
    assert failure(program("def f():\n    print('before')\n    raise ValueError\n")).output == "before\n"


def test_prints_while_loading(program):
    """What the file prints when it is loaded comes with the first answer."""
    assert call(program("print('loading')\ndef f():\n    pass\n"), "f").stdout == "loading\n"


def test_warnings(program):
    """Warnings come back with the student's line."""
    text = "import warnings\ndef f():\n    warnings.warn('slow')\n"

    assert call(program(text), "f").warnings == ["line 3: UserWarning: slow"]


def test_tracebacks(program):
    """A traceback names the student's lines, innermost last, and nothing of the harness."""
    text = "def inner(x):\n    return 1 / x\n\ndef f(x):\n    return inner(x)\n"
    error = failure(program(text), "f", 0)

    assert error.line == 2
    assert error.message == (
        "ZeroDivisionError: division by zero\n  line 5 in f: return inner(x)\n  line 2 in inner: return 1 / x"
    )


def test_errors_while_loading(program):
    """An error at the top of a file is one of the student's lines."""
    error = failure(program("x = 1\ny = x / 0\ndef f():\n    pass\n"))

    assert (error.verdict, error.line) == (Verdict.RAISED, 2)
    assert error.message == "ZeroDivisionError: division by zero\n  line 2 in <module>: y = x / 0"


def test_syntax_errors(program):
    """A syntax error is told with its line."""
    error = failure(program("def f(:\n    pass\n"))

    assert (error.verdict, error.line) == (Verdict.RAISED, 1)
    assert error.message == "The file cannot be read as Python: invalid syntax (line 1).\n  line 1: def f(:"


def test_unprintable_errors(program):
    """An exception whose text cannot be made is told by its class."""
    text = "class Odd(ValueError):\n    def __str__(self):\n        raise RuntimeError\ndef f():\n    raise Odd\n"
    error = failure(program(text))

    assert error.types[0] == "ValueError"
    assert "whose text cannot be shown" in error.message


def test_siblings(program, hand_in):
    """A program may import another file of its folder."""
    from grader.calls import Source

    folder = hand_in({"other.py": "VALUE = 5\n"})
    callee = program("")
    callee.source = Source("import other\ndef f():\n    return other.VALUE\n", "ex1_try.py", "ex1_try", str(folder))

    assert call(callee, "f").value == 5


# ---------------------------------------------------------------- forbidden interfaces

USES = {
    "autograd": ["x.requires_grad_(); (x * x).sum().backward()", "torch.autograd.grad((x.requires_grad_() ** 2).sum(), x)",
                 "torch.func.grad(lambda y: (y * y).sum())(x)"],
    "torch.optim": ["torch.optim.SGD([x], lr=0.1)"],
    "torch.nn": ["torch.nn.Linear(2, 2)", "torch.nn.functional.mse_loss(x, x)", "from torch.nn import Linear; Linear(2, 2)"],
    "numpy": ["import numpy; numpy.mean([1.0])", "import numpy as np; return np.array([1.0]) + 1", "x.numpy()"],
    "torch.linalg": ["torch.linalg.lstsq(x.reshape(2, 1), x.reshape(2, 1))", "x.reshape(1, 2).pinverse()"],
    "torch.sigmoid": ["torch.sigmoid(x)"],
    "Tensor.sigmoid": ["x.sigmoid()"],
}  # fmt: skip


@pytest.mark.parametrize(("rule", "body"), [(rule, body) for rule, bodies in USES.items() for body in bodies])
def test_forbidden(program, rule, body):
    """Using what is forbidden is refused with its name and line, and catching everything does not help."""
    text = f"import torch\ndef f(x):\n    try:\n        {body}\n    except BaseException:\n        pass\n    return x\n"
    error = failure(program(text, forbid=(rule,)), "f", t(1.0, 2.0))

    assert (error.verdict, error.line) == (Verdict.FORBIDDEN, 4)
    assert error.message.endswith("is not allowed in this exercise: write the computation yourself.")


@pytest.mark.parametrize("rule", USES)
def test_naming_is_free(program, rule):
    """Imports, comments, strings and annotations that name a forbidden thing break no rule, nor do ordinary operations."""
    text = '''
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import nn as other, optim
from torch.autograd import grad

def f(x: torch.Tensor, y: "np.ndarray | None" = None, z: np.ndarray | None = None) -> nn.Module:
    """Do not use backward(), numpy or torch.optim here."""  # x.sigmoid()
    with torch.no_grad():
        return torch.exp(-x).add(1).reciprocal().detach().tolist(), str(x)
'''
    assert len(call(program(text, forbid=(rule,)), "f", t(1.0, 2.0)).value) == 2


# ---------------------------------------------------------------- programs that go wrong

ENDINGS = {
    "os._exit": (
        "import os\ndef f():\n    os._exit(0)\n",
        Verdict.KILLED,
        "The process ended itself with exit code 0 before",
    ),
    "os.abort": ("import os\ndef f():\n    os.abort()\n", Verdict.KILLED, "The process crashed (SIG"),
    "segfault": (
        "import ctypes\ndef f():\n    ctypes.string_at(0)\n",
        Verdict.KILLED,
        "The process crashed (SIGSEGV).",
    ),
    "sys.exit": (
        "import sys\ndef f():\n    sys.exit(0)\n",
        Verdict.RAISED,
        "The code ended the program itself (SystemExit)",
    ),
    "quit": ("def f():\n    raise KeyboardInterrupt\n", Verdict.RAISED, "The code ended the program itself (Keyboard"),
    "memory": (
        "import torch\ndef f():\n    return torch.ones(20 << 27)\n",
        Verdict.KILLED,
        "The code asked for more memory",
    ),
    "list": ("def f():\n    return [0] * (20 << 30)\n", Verdict.KILLED, "The code asked for more memory"),
    "recursion": (
        "def f():\n    return f()\n",
        Verdict.RAISED,
        "A function calls itself too often for Python, or without an end (RecursionError).",
    ),
    "closed": ("import os\ndef f():\n    os.closerange(0, 64)\n", Verdict.KILLED, "The process"),
    "exit while loading": (
        "import os\nos._exit(3)\n",
        Verdict.KILLED,
        "The process ended itself with exit code 3 before",
    ),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_endings(program, name):
    """Whatever ends a program is told in one sentence, and the next call gets a fresh worker."""
    text, verdict, message = ENDINGS[name]
    callee = program(text + "\ndef g():\n    return 5\n")
    error = failure(callee)

    assert verdict == error.verdict, error.message
    assert error.message.startswith(message)
    if name != "exit while loading":
        assert call(callee, "g").value == 5


def test_deep_recursion_in_c(program):
    """A stack that overflows in C ends the worker only."""
    text = "import sys\ndef f():\n    sys.setrecursionlimit(10**9)\n    x = []\n    for _ in range(10**6):\n        x = [x]\n    return repr(x)\n"

    assert failure(program(text)).verdict in (Verdict.KILLED, Verdict.RAISED)


LOOPS = {
    "Python": "while True: pass",
    "C": "x = torch.ones(400, 400)\n    while True: x @ x",
    "one long C call": "sum(range(10**12))",
    "catches all": "while True:\n        try:\n            while True: pass\n        except BaseException: pass",
    "sleeps": "import time; time.sleep(1000)",
    "flood": "while True: print('x' * 1000)",
    "silent reader": "import sys; sys.stdin.read(); import threading; threading.Event().wait()",
    "ignores signals": "import signal\n    for s in range(1, 32):\n        try: signal.signal(s, signal.SIG_IGN)\n        except Exception: pass\n    while True: pass",
}


@pytest.mark.parametrize("name", LOOPS)
def test_timeouts(program, name):
    """A call ends at its limit, also in C, asleep, printing or refusing to be interrupted, and another one is answered."""
    callee = program(f"import torch\ndef f():\n    {LOOPS[name]}\ndef g():\n    return 5\n")
    assert call(callee, "g").value == 5
    callee.budget.call_s = 0.5
    error = failure(callee)

    assert (error.verdict, error.message[:43]) == (Verdict.TIMED_OUT, "The code did not finish within 0.5 seconds.")
    assert len(error.output) <= 8 << 10
    callee.budget.call_s = 20
    assert call(callee, "g").value == 5


def test_a_second_endless_call_is_the_last(program):
    """After a call that ran into its limit the next one has a tenth of the exercise's time, and then none is made."""
    callee = program("def f():\n    while True: pass\ndef g():\n    return 5\n")
    callee.budget = Budget.of(1.0)
    first, between, second = failure(callee), call(callee, "g").value, failure(callee)
    third = failure(callee, "g")

    assert (first.message[:43], between) == ("The code did not finish within 0.5 seconds.", 5)
    assert second.message[:43] == "The code did not finish within 0.1 seconds."
    assert (third.verdict, third.message[:41]) == (Verdict.TIMED_OUT, "The code did not finish within 0 seconds.")


def test_an_endless_file(program):
    """A file that never finishes loading is a timeout, too."""
    callee = program("while True: pass\n", seconds=0.5)

    assert failure(callee).verdict == Verdict.TIMED_OUT


def test_flooding_output_is_cut(program):
    """Megabytes of output do not block the program, and the tail is kept."""
    said = call(program("def f():\n    for i in range(20000):\n        print('x' * 99, i)\n    return 1\n"), "f").stdout

    assert len(said) <= 8 << 10
    assert said.endswith(" 19999\n")


def test_large_messages(program):
    """Arguments and results far larger than a socket's buffer travel."""
    large = torch.arange(2_000_000, dtype=torch.float64)

    assert torch.equal(large, call(program("def f(x):\n    return x\n"), "f", large).value)


def test_too_large_results(program):
    """A result beyond the bounds is refused with a sentence, and the worker lives on."""
    callee = program("import torch\ndef f(n):\n    return torch.zeros(1).expand(n)\n")
    error = failure(callee, "f", 1 << 28)

    assert (error.verdict, f"larger than {BOUNDS.body >> 20} MB" in error.message) == (Verdict.WRONG, True)
    assert torch.Size([3]) == call(callee, "f", 3).value.shape


# ---------------------------------------------------------------- replies that are forged

FORGER = """
import os, stat, struct, json

def forge(header, body=b""):
    text = json.dumps({"n": 3, **header}).encode()
    for descriptor in range(3, 30):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                os.write(descriptor, struct.pack(">IQ", len(text), len(body)) + text + body)
        except OSError:
            pass

def f(header):
    forge(header)

def g(header, callback):
    forge(header)
    callback(1)
"""
ANSWER = {"kind": "answer", "value": 1, "blobs": []}
FACT = {"path": "", "dtype": "float64", "device": "cpu", "requires_grad": False}
FORGERIES = [
    {"kind": "raised", "type": 5, "blobs": []},
    {"kind": "raised", "type": ["ValueError"], "frames": 5, "blobs": []},
    {"kind": "raised", "type": None, "message": None, "line": "x", "frames": [None], "blobs": []},
    {"kind": "callback", "blobs": []},
    {"kind": "callback", "number": 7, "args": [], "kwargs": {}, "blobs": []},
    {"kind": "callback", "number": "a", "args": [], "kwargs": {}, "blobs": []},
    {"kind": "callback", "number": 0, "args": 5, "kwargs": {}, "blobs": []},
    {"kind": "callback", "number": 0, "args": [], "kwargs": 5, "blobs": []},
    {"kind": "callback", "number": 0, "args": [["dtype", "nope"]], "kwargs": {}, "blobs": []},
    {"kind": ["answer"], "blobs": []},
    {"kind": "confined", "blobs": []},
    {"kind": "answer", "blobs": []},
    {"blobs": []},
    {**ANSWER, "value": ["dtype", "nope"]},
    {**ANSWER, "value": ["unknown"]},
    {**ANSWER, "mutated": 5},
    {**ANSWER, "mutated": [["x"]]},
    {**ANSWER, "aliases": 5},
    {**ANSWER, "aliases": [["x"]]},
    {**ANSWER, "counts": 5},
    {**ANSWER, "counts": {"backward": "x"}},
    {**ANSWER, "counts": {"backward": 1e400}},
    {**ANSWER, "facts": 5},
    {**ANSWER, "facts": [5]},
    {**ANSWER, "facts": [{**FACT, "nope": 1}]},
    {**ANSWER, "facts": [{**FACT, "path": []}]},
    {**ANSWER, "facts": [{**FACT, "dtype": {}}]},
    {**ANSWER, "facts": [{**FACT, "device": 5}]},
    {**ANSWER, "generators": [["g", 5]]},
    {**ANSWER, "warnings": 5},
    {**ANSWER, "violations": [5]},
    {**ANSWER, "violations": {"a": 1}},
]


def test_the_forger_forges(program):
    """The tests below do what they say: a forged answer arrives in place of the true one."""
    assert call(program(FORGER), "f", {**ANSWER, "value": 99}).value == 99


@pytest.mark.parametrize("forged", FORGERIES, ids=lambda header: str(header)[:60])
def test_forged_replies(program, forged):
    """A reply that the worker's side never makes is the student's failure, or an answer of the right types."""
    callee = program(FORGER)
    try:
        answer = call(callee, "g", forged, lambda x: x)
    except StudentError:
        return
    parts(answer, None)
    assert all(isinstance(text, str) for fact in answer.facts for text in (fact.path, fact.dtype, fact.device))


# ---------------------------------------------------------------- nothing is left


def descendants(pid):
    """Return the living processes below a process, as the kernel sees them."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z":
                parents.setdefault(int(parent), []).append(int(folder.name))
    found, waiting = [], [pid]
    while waiting:
        below = parents.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def ends(condition, seconds=60.0):
    """Return whether a condition comes true in time."""
    limit = time.monotonic() + seconds
    while not condition() and time.monotonic() < limit:
        time.sleep(0.02)
    return condition()


@pytest.fixture
def own_zygote():
    zygote = Zygote.start()
    yield zygote
    zygote.close()


LEFTOVERS = {
    "thread": "import threading, time\ndef f():\n    threading.Thread(target=time.sleep, args=(1000,)).start()\n    return 1\n",
    "torch threads": "import torch\ndef f():\n    torch.set_num_threads(8); x = torch.ones(600, 600)\n    return float((x @ x)[0, 0])\n",
    "fork": "import os\ndef f():\n    try:\n        if os.fork() == 0:\n            while True: pass\n    except OSError: pass\n    return 1\n",
    "new session": "import os, time\ndef f():\n    try:\n        os.setsid()\n        os.fork() or time.sleep(1000)\n    except OSError: pass\n    return 1\n",
    "timeout": "def f():\n    while True: pass\n",
}


@pytest.mark.parametrize("name", LEFTOVERS)
def test_no_process_is_left(program, own_zygote, name):
    """Closing a callee ends its worker and all it started, and closing the zygote ends everything."""
    callee = program(LEFTOVERS[name], seconds=0.7, of=own_zygote)
    with contextlib.suppress(StudentError):
        call(callee, "f")
    callee.close()

    zygotes = 1 if "pid-namespace" in own_zygote.isolation else 0  # the process that others know is its shadow
    assert ends(lambda: len(descendants(own_zygote._pid)) == zygotes)
    own_zygote.close()
    assert not Path(f"/proc/{own_zygote._pid}").exists()
    assert not own_zygote._scratch.exists()


def test_workers_end_with_the_grader():
    """When the grader dies without a word, its zygote and workers die with it."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        from grader.callee import WorkerCallee
        from grader.calls import Source

        zygote = Zygote.start()
        callee = WorkerCallee(zygote, Source("def f():\n    pass\n", "a.py", "a"), Budget(20, 20))
        callee.answer(Call("call", "f"))
        os.write(writing, b"ready")
        time.sleep(1000)
    os.close(writing)
    assert os.read(reading, 5) == b"ready"
    below = descendants(pid)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    os.close(reading)

    assert len(below) >= 2
    assert ends(lambda: not any(Path(f"/proc/{one}").exists() for one in below))


def test_descriptors_are_closed(own_zygote, program):
    """Workers that came and went leave no open descriptor in the grader."""
    program("def f():\n    pass\n", of=own_zygote).start()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        callee = program("def f():\n    pass\n", of=own_zygote)
        call(callee, "f")
        callee.close()

    assert before == len(list(Path("/proc/self/fd").iterdir()))
