"""torch is imported sooner and without what only compilers need; nothing that a program can ask of it is different."""

import subprocess
import sys

import pytest

QUICK = "from grader.early import quick_import\nwith quick_import():\n    import torch\n"


def told(text):
    """Return what a fresh process prints."""
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize(
    "asked",
    [
        "torch.broadcast_shapes((2, 1), (3,))",
        "torch._refs.add(torch.ones(2), 1)",
        "len(torch._decomp.decomposition_table)",
        "torch.empty(2, 3, device='meta') @ torch.empty(3, 4, device='meta')",
        "torch.nn.functional.pad(torch.ones(1, 1, 3), (1, 1), mode='replicate')",
        "torch.func.jvp(torch.sin, (torch.ones(2),), (torch.ones(2),))",
        "torch.func.hessian(lambda x: (x ** 3).sum())(torch.ones(2))",
        "torch.rand(2, generator=torch.Generator().manual_seed(1))",
        "torch.autograd.functional.jacobian(lambda x: x ** 2, torch.ones(2))",
        "torch.distributions.Normal(0.0, 1.0).log_prob(torch.ones(2))",
        "torch.linalg.lstsq(torch.eye(2), torch.ones(2, 1)).solution",
        "torch.nn.TransformerEncoderLayer(4, 2, dropout=0.0).eval()(torch.ones(1, 2, 4)).shape",
        "sorted(torch.ops.aten.relu.default(torch.tensor([-1.0, 1.0])).tolist())",
        "__import__('torch._decomp').__name__",
        "__import__('torch._refs.linalg').__name__",
        "torch._meta_registrations.__name__",
        "torch.export.__name__",
    ],
)
def test_what_torch_is_asked(asked):
    """Whatever a program may ask has the same answer, also when it is what the import left out."""
    assert told(f"{QUICK}print({asked})") == told(f"import torch\nprint({asked})")


def test_what_is_left_out():
    """The rules for tensors without data are not imported, and no mark of that stays; one thread is left."""
    found = told(
        f"import os, sys\n{QUICK}names = ('torch._meta_registrations', 'torch._refs', 'tqdm')\n"
        "print([name in sys.modules for name in names], len(os.listdir('/proc/self/task')), torch.__version__[:4])"
    )

    assert found.endswith(" 1 2.15\n") or "2.15" not in found
    assert found.startswith("[False, False, False]") or "2.15" not in found


def test_torch_that_is_there_already():
    """In a process that has torch, nothing happens."""
    assert (
        told(f"import torch\nbefore = torch._meta_registrations\n{QUICK}print(torch._meta_registrations is before)")
        == "True\n"
    )
