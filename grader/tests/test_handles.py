"""Things that stay in a worker: whose they are, how they are kept, where they lie, and from which seed they draw."""

import pytest
import torch
from torch import nn

from grader.calls import LessonError, StudentError
from grader.proxy import Proxy
from grader.worker.arguments import INSIDE, Options, map_tensors, prepared
from grader.worker.guard import AUTOGRAD

TEXT = """
import random, torch

class Thing:
    def draw(self):
        return torch.rand(1).item(), random.random()

def make():
    return Thing()

def same(thing, other):
    return thing is other

def draw():
    return torch.rand(1).item(), random.random()

def numpy_draw():
    import numpy
    return float(numpy.random.rand())
"""


@pytest.fixture
def proxy(program):
    """Return a maker of programs as checks see them."""

    def make(text=TEXT, seed=0, **options):
        return Proxy(program(text, **options), dict.fromkeys(("make", "same", "draw"), ()), [], seed)

    return make


def test_handles_are_equal_only_to_themselves(proxy):
    """Two things of one program are two, can stand in sets, and are passed on as themselves."""
    one = proxy()
    first, second = one.make(), one.make()

    assert (first == second, first == first, len({first, second})) == (False, True, 2)  # noqa: PLR0124
    assert (one.same(first, first), one.same(first, second)) == (True, False)


@pytest.mark.parametrize("nested", [lambda thing: thing, lambda thing: {"a": [thing]}])
def test_a_thing_of_another_program(proxy, nested):
    """A check that hands the reference's thing to the submission is wrong, and says so."""
    mine, other = proxy(), proxy()
    with pytest.raises(LessonError, match="one program made to another"):
        mine.same(nested(other.make()), 1)


def test_a_dry_run_shares_the_things_of_its_program(proxy):
    """A thing made before a dry run can be used in it."""
    one = proxy()
    thing = one.make()

    assert one.pretending("cuda:0").same(thing, thing) is True


@pytest.mark.parametrize("seed", [0, 7, 2**40])
def test_seeds(proxy, seed):
    """Functions and methods of things draw from the run's seed, torch's, Python's and numpy's numbers alike."""
    one, other = proxy(seed=seed), proxy(seed=seed)

    assert one.draw() == other.draw() == one.make().draw()
    one.answer("numpy_draw")
    assert one.answer("numpy_draw").value == one.answer("numpy_draw").value
    assert proxy(seed=seed + 1).draw() != one.draw()


def test_bodies_of_generators_obey_the_rules(proxy):
    """What a generator function does between its items is judged like the rest."""
    one = proxy("import torch\ndef f():\n    w = torch.ones(2, requires_grad=True)\n    yield (w * w).requires_grad\n    torch.autograd.grad((w * w).sum(), w)\n    yield 1\n", forbid=(AUTOGRAD,))  # fmt: skip
    steps = iter(one.answer("f").value)

    assert next(steps) is False
    with pytest.raises(StudentError, match="is not allowed"):
        next(steps)


def test_callbacks_that_receive_the_same_thing_often(proxy):
    """A thing is kept once, however often a callback receives it."""
    one = proxy(
        "class Net: pass\ndef f(log):\n    net = Net()\n    for i in range(200):\n        log(net, i)\n    return net\n"
    )
    numbers = set()
    one.answer("f", (lambda net, i: numbers.add(net.number),))

    assert len(numbers) == 1


def test_too_many_things(proxy):
    """An answer of ten thousand objects is refused: the next call's things would get their numbers."""
    with pytest.raises(StudentError, match="too many objects"):
        proxy("def f():\n    return [object() for _ in range(10_000)]\n").answer("f")


# ---------------------------------------------------------------- on a device (`meta` is one that every machine has)


def made_inside():
    """Run a function as the worker runs those of checks."""
    namespace = {"torch": torch, "nn": nn, "__name__": INSIDE}
    exec(
        """
def make():
    class Data:
        def __init__(self):
            self.pairs, self.name = [(torch.ones(2), {"y": torch.ones(1)})], "data"
            self.net = nn.Linear(2, 1)
    scale = torch.ones(1)
    net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(4, 2)), batch_size=2)
    return {"net": net, "optimizer": torch.optim.SGD(net.parameters(), lr=1.0), "data": Data(), "loader": loader,
            "loss": lambda y: (scale * y).sum(), "numbers": (1, "a", None)}
""",
        namespace,
    )
    return namespace["make"]()


def test_things_move_as_a_whole():
    """Networks, data, loaders and what functions remember move to a device; what holds them still holds them."""
    made = made_inside()
    moved = map_tensors(made, lambda tensor: tensor.to("meta"))
    tensors = [
        *moved["net"].state_dict().values(),
        *(one for group in moved["optimizer"].param_groups for one in group["params"]),
        moved["data"].pairs[0][0],
        moved["data"].pairs[0][1]["y"],
        moved["data"].net.weight,
        *moved["loader"].dataset.tensors,
        moved["loss"].__closure__[0].cell_contents,
    ]

    assert {tensor.device.type for tensor in tensors} == {"meta"}
    assert all(moved[name] is made[name] for name in ("net", "optimizer", "data", "loader", "loss"))
    assert moved["numbers"] == (1, "a", None)


def test_arguments_move():
    """Tensors in arguments move, generators stay on the CPU, and a device that says `cpu` becomes the run's."""
    generator = torch.Generator()
    value = {"x": [torch.ones(2)], "g": generator, "device": torch.device("cpu"), "name": "cpu", "n": 3}
    moved = prepared(value, Options(device="meta"))

    assert moved["x"][0].device.type == "meta"
    assert moved["g"] is generator
    assert (moved["device"], moved["name"], moved["n"]) == (torch.device("meta"), "meta", 3)


def test_apples_devices_have_no_float64():
    """On a device without float64 arguments become float32; elsewhere dtypes stay."""
    from grader.worker import arguments

    asked = []

    class Recorded(torch.Tensor):
        def to(self, *what):
            asked.append(what)
            return self

    arguments.to_device(torch.ones(1, dtype=torch.float64).as_subclass(Recorded), "mps")
    arguments.to_device(torch.ones(1, dtype=torch.int64).as_subclass(Recorded), "mps")
    arguments.to_device(torch.ones(1, dtype=torch.float64).as_subclass(Recorded), "cuda")

    assert asked == [("mps", torch.float32), ("mps",), ("cuda",)]
