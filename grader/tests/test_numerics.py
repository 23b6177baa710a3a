"""Numbers: what the rule accepts and refuses, in float64 and in float32, near zero and in reduced precision."""

import pytest
import torch

from grader.calls import EVIDENCE, Evidence
from grader.faults import Mismatch
from grader.proxy import Proxy
from grader.testing import agree

HEADER = "import math\nimport torch\n\n\n"


@pytest.fixture
def judged(program):
    """Compare two programs on one call, as a check does; return the error over what was allowed."""

    def run(mine, right, **case):
        names = {"f": tuple(case)}
        callees = [Proxy(program(HEADER + text), names, []) for text in (mine, right)]
        kept = Evidence(callees[0]._records)
        token = EVIDENCE.set(kept)
        try:
            agree(*callees, "f", case)
        finally:
            EVIDENCE.reset(token)
        observed, allowed = kept.error
        return observed / allowed if allowed else 0.0

    return run


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


MEAN = "def f(x):\n    return x.mean()\n"
LOOP = "def f(x):\n    total = 0.0\n    for value in x.tolist():\n        total += value\n    return total / len(x)\n"


def test_another_order_in_float64(judged):
    """A sum in another order stays six orders of magnitude inside the limit."""
    assert judged(LOOP, MEAN, x=normal(500) + 3) < 1e-5


@pytest.mark.parametrize(("factor", "right"), [(1 + 5e-10, True), (1 + 2e-9, False), (1 - 2e-9, False)])
def test_the_limit_in_float64(judged, factor, right):
    """The largest error may be 1e-9 of the largest entry."""
    mine = MEAN.replace("x.mean()", f"x.mean() * {factor!r}")
    if right:
        assert judged(mine, MEAN, x=normal(50) + 3) <= 1
    else:
        with pytest.raises(Mismatch):
            judged(mine, MEAN, x=normal(50) + 3)


# Results that are exactly 0: the gradient at a perfect fit is rounding noise, other formulas make other noise.
RESIDUAL = "def f(x, w):\n    return x.T @ (x @ w - (x @ w.clone()))\n"
NOISE = "def f(x, w):\n    y = (x * w.T).sum(1, keepdim=True)\n    return x.T @ (x @ w - y)\n"


def test_zero_results(judged):
    """Where the exact result is 0, runs on inputs moved by one unit in the last place give the scale of the noise."""
    assert judged(NOISE, "def f(x, w):\n    y = torch.stack([row @ w for row in x])\n    return x.T @ (x @ w - y)\n",
                  x=normal(40, 3) + 10, w=normal(3, 1, seed=1)) <= 1  # fmt: skip


@pytest.mark.parametrize("wrong", [1e-9, 1e-6, 1.0])
def test_wrong_results_near_zero(judged, wrong):
    """The allowance for noise does not let an error through that is larger than noise."""
    with pytest.raises(Mismatch):
        judged(NOISE.replace("- y)", f"- y + {wrong})"), NOISE, x=normal(40, 3) + 10, w=normal(3, 1, seed=1))


@pytest.mark.parametrize("scale", [1e-12, 1e-7, 1.0, 1e8])
def test_the_rule_has_no_scale(judged, scale):
    """Small and large numbers are judged alike: an error of a millionth is refused, rounding is accepted."""
    assert judged(LOOP, MEAN, x=(normal(50) + 3) * scale) < 1e-4
    with pytest.raises(Mismatch):
        judged(MEAN.replace("x.mean()", "x.mean() * (1 + 1e-6)"), MEAN, x=(normal(50) + 3) * scale)


# ---------------------------------------------------------------- float32

TRAINED = """
def f(x, y, w, epochs):
    {cast}
    losses = []
    for _ in range(epochs):
        e = x @ w - y
        losses.append((e ** 2).mean().item())
        w = w - {factor} * x.T @ e / len(x)
    return w, losses
"""
STEP = "0.2"


def trained(cast="pass", factor=STEP):
    return TRAINED.format(cast=cast, factor=factor)


CAST = "x, y, w = x.float(), y.float(), w.float()"
DATA = {"x": normal(30, 4), "y": normal(30, 1, seed=1), "w": normal(4, 1, seed=2), "epochs": 60}


def test_float32_is_judged_by_what_float32_can_do(judged):
    """A right program whose tensors are float32 stays within four times the reference's own float32 error."""
    assert 0.01 < judged(trained(CAST), trained(), **DATA) <= 1
    other = trained(CAST).replace("x.T @ e / len(x)", "torch.einsum('nd,no->do', x, e) / len(x)")
    assert judged(other, trained(), **DATA) <= 1


def test_float32_mistakes(judged):
    """A wrong program is refused in float32 as well, also by a part in ten thousand."""
    for factor in ("0.1", "0.20002"):
        with pytest.raises(Mismatch):
            judged(trained(CAST, factor), trained(), **DATA)


@pytest.mark.parametrize("kind", ["bfloat16", "float16"])
def test_reduced_precision_inside(judged, kind):
    """A program that computes in half precision is refused, whether or not it gives back float32."""
    for back in ("", ".float()"):
        with pytest.raises(Mismatch):
            judged(f"def f(x):\n    return (x.to(torch.{kind}) ** 2).mean(dim=1){back}\n", "def f(x):\n    return (x ** 2).mean(dim=1)\n", x=normal(8, 50) + 2)  # fmt: skip


def test_float32_that_gives_back_float64(judged):
    """A program that computes in float32 and hides it is judged as float64."""
    with pytest.raises(Mismatch):
        judged("def f(x):\n    return x.float().mean().double()\n", MEAN, x=normal(50) + 3)


@pytest.mark.parametrize("size", [50, 400, 2000])
def test_long_sums_in_float32(judged, size):
    """A sum from left to right is right, although its error grows with the root of the number of terms."""
    loop = "def f(x):\n    total = torch.zeros((), dtype=torch.float32)\n    for v in x.float():\n        total = total + v\n    return total / len(x)\n"
    for seed in range(3):
        assert judged(loop, MEAN, x=normal(size, seed=seed) + 1) <= 1


def test_full_precision_on_gpus(program):
    """Workers compute float32 as float32 wherever they run: TF32 and reduced sums are off, before a submission is loaded."""
    callee = Proxy(
        program(
            "import torch\ndef f():\n    m = torch.backends.cuda.matmul\n    return (torch.get_float32_matmul_precision(), m.allow_tf32, torch.backends.cudnn.allow_tf32,"
            " m.allow_fp16_reduced_precision_reduction, m.allow_bf16_reduced_precision_reduction, torch.backends.cudnn.deterministic)\n"
        ),
        {},
    )

    assert callee.answer("f").value == ("highest", False, False, False, False, True)
