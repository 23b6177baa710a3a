"""The dry run of a GPU: what CUDA accepts passes, what CUDA refuses is refused with the student's line, the rest is open."""

import textwrap

import pytest
import torch
from torch import nn

from grader.calls import Answer
from grader.faults import Mismatch, NotCheckable
from grader.proxy import Proxy
from grader.testing import Draw, devices
from grader.testing.places import stays_on_device
from grader.tests.fakes import FakeCallee
from grader.worker.wire import TensorFacts

ON_DEVICE = Answer(value=0, facts=[TensorFacts("", "float64", "cuda:0", requires_grad=False)])
REFERENCE = Proxy(FakeCallee({"f": lambda *_: ON_DEVICE}), {})
HEADER = "import math\nimport numpy as np\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n\ndef f(x, w, y, g):\n"
FIRST = len(HEADER.splitlines()) + 1
"""The line on which the body begins."""


def arguments():
    """Data of three features, weights, labels, and a generator of the CPU."""
    x = torch.arange(12, dtype=torch.float64).reshape(4, 3) / 7
    return x, torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64), torch.tensor([0, 2, 1, 0]), torch.Generator()


def judge(callee):
    stays_on_device(Proxy(callee, {}), REFERENCE, lambda program: program.answer("f", arguments()))


def program_of(body, header=HEADER):
    return header + textwrap.indent(textwrap.dedent(body).strip("\n"), "    ") + "\n"


RIGHT = {
    "arithmetic": "return 2 * (x @ w) + 1 - x.mean()",
    "zeros_like": "return torch.zeros_like(x) + x",
    "zeros on its device": "return torch.zeros(3, device=x.device, dtype=x.dtype) + w",
    "full": "return torch.full((3,), 2.0, device=w.device, dtype=w.dtype) * w",
    "eye": "return x @ torch.eye(3, dtype=x.dtype, device=x.device)",
    "new_zeros": "return x.new_zeros(3) + w",
    "new_tensor": "return x.new_tensor([1.0, 2.0, 3.0]) * w",
    "tensor of a tensor": "return w + torch.tensor(w)",
    "as_tensor": "return torch.as_tensor(x) + 1",
    "arange": "return w * torch.arange(3, device=w.device)",
    "hard-coded cuda": "return torch.ones(3, device='cuda', dtype=w.dtype) * w",
    "cuda()": "return torch.ones(3, dtype=w.dtype).cuda() * w",
    "there and back": "return torch.from_numpy(np.cumsum(x.cpu().numpy(), axis=0)).to(x.device)",
    "list and back": "return torch.tensor(x.tolist(), dtype=x.dtype).to(x) + x",
    "list on its device": "return torch.tensor([float(v) for v in w], dtype=w.dtype, device=w.device)",
    "item": "return w * x.sum().item() + float(w[0]) + int(y[0])",
    "number without dimensions": "return w * torch.tensor(2.0) + torch.tensor(1.0, dtype=torch.float64)",
    "maximum with a number": "return torch.maximum(x, torch.tensor(0.5, dtype=torch.float64))",
    "where with numbers": "return torch.where(x > 1, x, 0.0)",
    "where": "return torch.where(x > 1, x, torch.tensor(0.0, dtype=torch.float64))",
    "indices on the CPU": "return x[torch.tensor([2, 0])]",
    "mask on the CPU": "return x[torch.tensor([True, False, True, True])]",
    "permutation": "return x[torch.randperm(4, generator=g)]",
    "its own indices": "return x[torch.argsort(y)]",
    "assign a number": "z = x.clone(); z[torch.tensor([0, 1])] = torch.tensor(5.0, dtype=x.dtype); return z",
    "assign a slice": "z = x.clone(); z[1:3] = torch.zeros(2, 3, dtype=x.dtype); return z",
    "draw and move": "return w + torch.randn(3, generator=g, dtype=w.dtype).to(w.device)",
    "draw with the global generator": "return w + torch.rand(3, device=w.device, dtype=w.dtype)",
    "in place": "z = torch.zeros_like(w); z += w; z.mul_(2); return z",
    "out": "z = torch.empty_like(w); torch.add(w, w, out=z); return z",
    "copy_": "z = torch.empty_like(w); z.copy_(torch.ones(3)); return z",
    "rows": "return torch.stack([row * 2 for row in x])",
    "unbind, zip, sum": "return sum(a * b for a, b in zip(x, w.expand(4, 3)))",
    "cat": "return torch.cat([x, torch.ones(4, 1, dtype=x.dtype, device=x.device)], dim=1)",
    "data": "z = w.clone(); z.data = z.data * 2; z.data -= w.data; return z",
    "einsum": "return torch.einsum('nd,d->n', x, w)",
    "linalg": "return torch.linalg.lstsq(x[:3] + torch.eye(3, dtype=x.dtype, device=x.device), w.unsqueeze(1)).solution",
    "one_hot": "return F.one_hot(y, 3).to(x.dtype) - torch.softmax(x, dim=1)",
    "cross_entropy": "return F.cross_entropy(x, y)",
    "comparison": "return (x > 0.5).to(x.dtype).mean()",
    "type": "return x.type(torch.float64)",
    "module moved": "net = nn.Linear(3, 2).double().to(x.device)\nreturn net(x)",
    "module on its device": "net = nn.Linear(3, 2, device=x.device, dtype=x.dtype)\nreturn net(x)",
    "parameters": "v = nn.Parameter(w.clone())\nreturn (x @ v).detach()",
    "autograd": "v = w.clone().requires_grad_()\n(x @ v).sum().backward()\nreturn (v - 0.1 * v.grad).detach()",
    "autograd.grad": "v = w.clone().requires_grad_()\nreturn torch.autograd.grad((x @ v).sum(), v)[0] + w",
    "SGD": "v = nn.Parameter(w.clone())\no = torch.optim.SGD([v], lr=0.1, momentum=0.9)\nfor _ in range(3):\n    o.zero_grad(); (x @ v).pow(2).sum().backward(); o.step()\nreturn v.detach()",
    "Adam": "v = nn.Parameter(w.clone())\no = torch.optim.Adam([v], lr=0.1)\nfor _ in range(3):\n    o.zero_grad(); (x @ v).pow(2).sum().backward(); o.step()\nreturn v.detach()",
    "default device": "torch.set_default_device(x.device)\nreturn torch.ones(3, dtype=w.dtype) * w",
    "with its device": "with torch.device(x.device):\n    return torch.ones(3, dtype=w.dtype) * w",
    "loader": "d = torch.utils.data.TensorDataset(x, y)\nreturn sum(a.sum() for a, b in torch.utils.data.DataLoader(d, batch_size=3))",
    "is_cuda": "assert x.is_cuda and x.device.type == 'cuda' and x.get_device() == 0\nreturn x + 1",
    "asks for a GPU": "d = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\nreturn x.to(d) + torch.zeros(3, device=d)",
    "asks for an accelerator": "d = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else 'cpu'\nreturn x.to(d) + torch.zeros(3, device=d)",
    "expand_as": "return x + torch.ones(3, dtype=x.dtype, device=x.device).expand_as(x)",
    "vmap": "return torch.vmap(lambda row: row @ w)(x)",
    "history on the CPU": "losses = torch.zeros(2)\nlosses[0] = x.sum()\nreturn x * losses[0]",
    "deepcopy": "import copy\nreturn copy.deepcopy(x) + x",
    "sort, max, topk": "return x.max(dim=1).values + x.sort(dim=1)[0][:, 0] + x.topk(1).values[:, 0]",
}  # fmt: skip

WRONG = {
    # body, the line of the body that is named, a word of the message
    "zeros": ("return x + torch.zeros(3)", 1, "`zeros` in line"),
    "made before": ("b = torch.ones(3)\nz = x * 2\nreturn z + b", 3, f"`ones` in line {FIRST}."),
    "tensor of numbers": ("return x * torch.tensor([1.0, 2.0, 3.0])", 1, "`tensor`"),
    "tensor of its numbers": ("return w + torch.tensor([w[0], w[1], w[2]])", 1, "`tensor`"),
    "arange": ("return w * torch.arange(3)", 1, "`arange`"),
    "linspace of its numbers": ("return w + torch.linspace(w.min(), w.max(), 3)", 1, "`linspace`"),
    "eye": ("return x @ torch.eye(3, dtype=x.dtype)", 1, "`eye`"),
    "hard-coded cpu": ("return w + torch.zeros(3, device='cpu')", 1, "`zeros`"),
    "randn": ("return w + torch.randn(3, generator=g, dtype=w.dtype)", 1, "`randn`"),
    "generator of the CPU": ("return w + torch.randn(3, generator=g, device=w.device)", 1, "Draw there, then move"),
    "generator in place": ("return w.clone().normal_(generator=g)", 1, "Draw there, then move"),
    "multinomial": ("return x[torch.multinomial(w.abs(), 2, generator=g)]", 1, "Draw there, then move"),
    "numpy": ("return torch.from_numpy(x.numpy() * 2).to(x.device)", 1, "numpy reads the memory of the CPU"),
    "np.sum": ("return torch.tensor(np.asarray(x).sum(), device=x.device)", 1, "numpy reads the memory of the CPU"),
    "result of numpy": ("return torch.from_numpy(x.cpu().numpy() * 2)", 1, "`from_numpy`"),
    "cpu": ("return x.cpu()", 1, "`cpu` in line"),
    "cpu at the end": ("z = x.detach().cpu()\nz = z * 2\nreturn z.sum(dim=0)", 1, "`cpu` in line"),
    "to cpu": ("return x.to('cpu')", 1, "`to` in line"),
    "to torch.device": ("return x.to(torch.device('cpu')) + 1", 1, "`to` in line"),
    "FloatTensor": ("return x.type(torch.FloatTensor)", 1, "`type` in line"),
    "name of a type": ("return x.type('torch.DoubleTensor')", 1, "`type` in line"),
    "type_as": ("z = torch.zeros(1)\nreturn x.type_as(z)", 2, "`type_as` in line"),
    "only a fresh tensor": ("return torch.tensor([float(v) for v in w])", 1, "`tensor` in line"),
    "filled in a loop": ("z = torch.zeros(4)\nfor i in range(4):\n    z[i] = x[i] @ w\nreturn z", 1, "`zeros` in line"),
    "appended": ("return torch.tensor([(row @ w).item() for row in x])", 1, "`tensor` in line"),
    "in place on the CPU": ("z = torch.zeros(3, dtype=w.dtype)\nz += w\nreturn z", 2, "`zeros`"),
    "sum on the CPU": ("z = torch.tensor(0.0, dtype=w.dtype)\nfor v in w:\n    z += v\nreturn z", 3, "`tensor`"),
    "out on the CPU": ("z = torch.empty(3, dtype=w.dtype)\ntorch.mul(w, w, out=z)\nreturn z", 2, "`empty`"),
    "cat": ("return torch.cat([x, torch.ones(4, 1, dtype=x.dtype)], dim=1)", 1, "`ones`"),
    "stack of numbers": ("return torch.stack([w[0], torch.tensor(1.0, dtype=w.dtype)])", 1, "`tensor`"),
    "comparison": ("return (x > torch.zeros(3)).sum()", 1, "`zeros`"),
    "equal": ("return x * torch.equal(x, torch.zeros(4, 3, dtype=x.dtype))", 1, "`zeros`"),
    "where": ("return torch.where(x > 1, x, torch.zeros(4, 3, dtype=x.dtype))", 1, "`zeros`"),
    "index of the GPU": ("return torch.zeros(4, 3)[y]", 1, "indices should be either on cpu"),
    "mask of the GPU": ("z = torch.zeros(4, 3)\nz[x > 1] = 1.0\nreturn z", 2, "indices should be either on cpu"),
    "assign to indices": ("z = x.clone()\nz[[0, 1]] = torch.zeros(2, 3, dtype=x.dtype)\nreturn z", 2, "`zeros`"),
    "gather": ("return x.gather(1, torch.zeros(4, 1, dtype=torch.int64))", 1, "`zeros`"),
    "index_select": ("return x.index_select(0, torch.tensor([0, 1]))", 1, "`tensor`"),
    "cross_entropy": ("return F.cross_entropy(x, torch.tensor([0, 1, 2, 0]))", 1, "`tensor`"),
    "module not moved": ("net = nn.Linear(3, 2).double()\nreturn net(x)", 2, "`empty` in line"),
    "module moved back": ("net = nn.Linear(3, 2).double().to(x.device).cpu()\nreturn net(x)", 2, "`cpu` in line"),
    "with the CPU": ("with torch.device('cpu'):\n    z = torch.ones(3)\nreturn z * w", 3, "`ones` in line"),
    "set_default_device": ("torch.set_default_device('cpu')\nreturn torch.ones(3) + w", 2, "`ones`"),
    "parameter": ("v = nn.Parameter(torch.zeros(3, dtype=w.dtype))\nreturn x @ v", 2, "`zeros`"),
    "linalg": ("return torch.linalg.solve(x[:3] + torch.eye(3, dtype=x.dtype), w)", 1, "`eye`"),
    "einsum": ("return torch.einsum('nd,d->n', x, torch.ones(3, dtype=x.dtype))", 1, "`ones`"),
    "gradient": ("v = w.clone().requires_grad_()\nv.grad = torch.zeros(3, dtype=w.dtype)\nreturn v", 2, "located on a different"),
    "expand_as": ("return torch.zeros(3, dtype=x.dtype).expand_as(x)", 1, "`zeros` in line"),
    "vmap": ("return torch.vmap(lambda row: row + torch.ones(3, dtype=row.dtype))(x)", 1, "`ones`"),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_right(program, name):
    """What runs on a GPU and stays there passes the dry run."""
    judge(program(program_of(RIGHT[name])))


@pytest.mark.parametrize("name", WRONG)
def test_wrong(program, name):
    """What stops on a GPU, or leaves it, is refused with its line and with what put the tensor on the CPU."""
    body, line, words = WRONG[name]
    with pytest.raises(Mismatch) as raised:
        judge(program(program_of(body)))

    assert (raised.value.line, raised.value.generic.name) == (FIRST + line - 1, "g-device"), str(raised.value)
    assert words in str(raised.value)


def test_what_was_made_when_it_was_filled(program):
    """A CPU tensor that took numbers from the GPU is named by the line that made it, not by one that used it."""
    with pytest.raises(Mismatch) as raised:
        judge(program(program_of("z = torch.zeros(3)\nz[0] = w[0]\nz = z + 1\nreturn z.sum(dim=0)")))

    assert "it lies on the CPU, where `zeros` in line 9 put it." in str(raised.value)


NOT_DECIDED = {
    "a generator of the GPU": "if x.is_cuda:\n    torch.Generator(device=x.device)\nreturn x",
    "its own CUDA": "if x.is_cuda:\n    raise RuntimeError('no kernel image')\nreturn x",
    "pinned memory": "if x.is_cuda:\n    torch.ones(3).pin_memory()\nreturn x",
    "threads": "import threading\nout = [None]\nt = threading.Thread(target=lambda: out.__setitem__(0, x * 2))\nt.start()\nt.join()\nreturn out[0]",
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_DECIDED)
def test_what_cannot_be_decided(program, name):
    """A program that fails in the dry run only, and not by mixing devices, is not checkable; it is never wrong."""
    with pytest.raises(NotCheckable, match="dry run"):
        judge(program(program_of(NOT_DECIDED[name])))


def test_errors_that_have_nothing_to_do_with_devices(program):
    """A program that fails without the dry run as well is told its own error."""
    with pytest.raises(Exception, match="ValueError: no"):
        judge(program(program_of("raise ValueError('no')")))


@pytest.mark.parametrize(
    "choice", ["'cuda' if torch.cuda.is_available() else 'cpu'", "'cuda' * torch.cuda.is_available() or 'cpu'"]
)
def test_a_device_chosen_when_the_file_is_loaded(program, choice):
    """A file that chooses its device at the top is loaded anew for the dry run, where there is a GPU."""
    header = f"import torch\nDEVICE = torch.device({choice})\nSCALE = torch.full((3,), 2.0, device=DEVICE)\n\ndef f(x, w, y, g):\n"
    callee = program(program_of("return x.to(DEVICE) * SCALE", header))
    judge(callee)

    assert Proxy(callee, {}).answer("f", arguments()).value.shape == (4, 3)


def test_a_tensor_of_the_file(program):
    """A tensor made when the file was loaded lies on the CPU."""
    with pytest.raises(Mismatch, match="a tensor on the CPU meets one on the GPU"):
        judge(program("import torch\nSCALE = torch.ones(3)\n\ndef f(x, w, y, g):\n    return x * SCALE\n"))


def test_a_dry_run_leaves_nothing_behind(program):
    """The default device that a dry run set, and its idea of where tensors lie, end with it."""
    callee = program(
        program_of("if x.is_cuda:\n    torch.set_default_device(x.device)\nreturn torch.zeros(3, dtype=x.dtype) + w")
    )
    judge(callee)

    assert Proxy(callee, {}).answer("f", arguments()).facts[0].device == "cpu"


def test_values_of_a_dry_run(program):
    """A dry run computes the very numbers of an ordinary one."""
    callee = program(program_of("return x.to('cpu').to(x.device) @ w + torch.zeros(4, device=x.device)"))
    plain, dry = (
        proxy.answer("f", arguments()) for proxy in (Proxy(callee, {}), Proxy(callee, {}).pretending("cuda:0"))
    )

    assert torch.equal(plain.value, dry.value)
    assert [plain.facts[0].device, dry.facts[0].device] == ["cpu", "cuda:0"]


def test_callbacks_answer_on_the_device(program):
    """What a function of the check returns lies where the arguments lie."""
    callee = program("def f(grad_fn, w):\n    return w - 0.1 * grad_fn(w)['w'][0]\n")
    answer = Proxy(callee, {}).answer("f", (lambda w: {"w": [2 * w]}, arguments()[1]), pretend="cuda:0")

    assert [fact.device for fact in answer.facts] == ["cuda:0"]


# ---------------------------------------------------------------- things made inside


def net_and_loss(weights):
    """Make a network, an optimizer, data and a loss that holds a tensor."""

    class Pairs:
        def __init__(self):
            self.pairs = [(torch.ones(2, 3).double(), torch.zeros(2).double())]

        def __iter__(self):
            return iter(self.pairs)

    net = nn.Sequential(nn.Linear(3, 1), nn.BatchNorm1d(1)).double()
    net[0].weight.data = weights.clone().reshape(1, 3)
    scale = torch.tensor([2.0], dtype=torch.float64)

    def loss(got, due):
        return (scale * (got.squeeze(1) - due) ** 2).mean()

    return net, torch.optim.SGD(net.parameters(), lr=0.1), Pairs(), loss


def weights_of(net):
    return net[0].weight.detach().clone()


def scenario(program):
    net, optimizer, pairs, loss = program.inside(net_and_loss, arguments()[1])
    program.answer("fit", (net, optimizer, pairs, loss))
    program.answer("outputs", (net, arguments()[0]))
    return program.inside(weights_of, net)


FIT = """
import torch

def fit(net, optimizer, pairs, loss):
    for x, y in pairs:
        {step}
        optimizer.zero_grad()
        loss(net(x), y).backward()
        optimizer.step()

def outputs(net, x):
    with torch.no_grad():
        return {outputs}
"""


def fit_program(program, step="pass", outputs="net(x).squeeze(1)"):
    return Proxy(program(FIT.format(step=step, outputs=outputs)), {})


@pytest.mark.parametrize(
    ("step", "outputs"),
    [
        ("pass", "net(x).squeeze(1)"),
        ("x, y = x.to(next(net.parameters()).device), y.to(x.device)", "net(x).squeeze(1)"),
        ("net.to(x.device)", "torch.cat([net(row[None]) if net.eval() else row for row in x]).squeeze(1)"),
    ],
)
def test_things_made_inside(program, step, outputs):
    """Networks, optimizers, data and losses that a check makes inside lie on the pretended device, and stay usable."""
    submission, reference = fit_program(program, step, outputs), fit_program(program)
    stays_on_device(submission, reference, scenario)

    assert torch.equal(scenario(submission), scenario(reference.pretending("cuda:0")))


@pytest.mark.parametrize(
    ("step", "outputs", "said"),
    [
        ("x = torch.ones(2, 3).double()", "net(x)", "`ones` in line 6"),
        ("net.cpu()", "net(x)", "`cpu` in line 6"),
        ("pass", "net(x).squeeze(1).cpu()", "`cpu` in line 13"),
        ("y = torch.zeros_like(y, device='cpu')", "net(x)", "`zeros_like` in line 6"),
    ],
)
def test_leaving_the_device_with_things_made_inside(program, step, outputs, said):
    """A program that takes networks or data from the device is refused with its line."""
    with pytest.raises(Mismatch) as raised:
        stays_on_device(fit_program(program, step, outputs), fit_program(program), scenario)

    assert said in str(raised.value)


def test_devices_of_a_scenario(program):
    """`devices` makes a contract check of a scenario: right programs pass it, wrong ones do not."""

    def family(draw):
        return {"weights": draw.normal(3)}

    def run(program, case):
        net, optimizer, pairs, loss = program.inside(net_and_loss, case["weights"])
        return program.fit(net, optimizer, pairs, loss)

    check = devices(run, family)
    functions = {"fit": ("net", "optimizer", "pairs", "loss")}
    right, wrong = (Proxy(program(FIT.format(step=step, outputs="x")), functions) for step in ("pass", "net.cpu()"))
    [mark] = [mark for mark in check.pytestmark if mark.name == "points"]
    check(submission=right, reference=right, draw_for=lambda name: Draw(0, name))

    assert (mark.kwargs["kind"], check.__doc__) == ("CON", "stays on the device of its arguments")
    with pytest.raises(Mismatch):
        check(submission=wrong, reference=right, draw_for=lambda name: Draw(0, name))


def test_a_check_that_cannot_run_elsewhere(program):
    """When the check's own part fails on the device, nobody is to blame."""

    def broken(net):
        raise RuntimeError("no such kernel")

    submission = fit_program(program)
    with pytest.raises(NotCheckable, match="A part of this check does not run on cuda:0"):
        submission.pretending("cuda:0").inside(broken, 1)
