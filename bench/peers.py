"""Another grader on an equivalent exercise: `backward` of lesson 2.3 compared with autograd, in one process.

Only on demand, because it is installed for it: into a folder of its own, beside the torch of this environment. It
checks less: one comparison, without isolation, and without looking for a mistake.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from bench.measure import ROOT, Goal, Probe, Scenario, seconds
from bench.processes import GRADE

OURS, THEIRS = "grade 2.3.2", "gradescope-utils"
SUBMISSION = ROOT / "reference" / "lesson_2_3_net_from_scratch" / "ex2_backward.py"
PROGRAM = """
import unittest
import torch
import ex2_backward
from gradescope_utils.autograder_utils.decorators import weight
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner

class Test(unittest.TestCase):
    @weight(5)
    def test_backward(self):
        X = torch.linspace(-1, 1, 12, dtype=torch.float64).reshape(4, 3)
        shapes = {"W1": (3, 2), "b1": (2,), "W2": (2, 1), "b2": (1,)}
        params = {name: torch.full(shape, 0.5, dtype=torch.float64, requires_grad=True) for name, shape in shapes.items()}
        h = torch.tanh(X @ params["W1"] + params["b1"])
        y_pred = h @ params["W2"] + params["b2"]
        ((y_pred - X[:, :1]) ** 2).mean().backward()
        plain = {name: value.detach() for name, value in params.items()}
        grads = ex2_backward.backward(X, X[:, :1], plain, y_pred.detach(), h.detach())
        for name, value in params.items():
            torch.testing.assert_close(grads[name], value.grad)

with open("results.json", "w") as file:
    JSONTestRunner(stream=file).run(unittest.defaultTestLoader.loadTestsFromTestCase(Test))
"""

GOALS = (Goal("peer", f"`{OURS}` against one comparison with gradescope-utils", OURS, 1.5, "x", THEIRS),)


@contextlib.contextmanager
def probes(_: Collection[str]) -> Iterator[Mapping[str, Probe]]:
    """Install the other grader and yield both."""
    with tempfile.TemporaryDirectory() as folder:
        packages, work = Path(folder, "packages"), Path(folder, "work")
        install = ["uv", "pip", "install", "--quiet", "--target", str(packages), "gradescope-utils"]
        subprocess.run(install, cwd=ROOT, check=True)
        work.mkdir()
        shutil.copy(SUBMISSION, work)
        (work / "grade.py").write_text(PROGRAM, encoding="utf-8")
        theirs = {**os.environ, "PYTHONPATH": str(packages)}
        subprocess.run([sys.executable, "grade.py"], cwd=work, env=theirs, check=True)
        assert '"score": 5' in (work / "results.json").read_text(encoding="utf-8")
        ours = {**os.environ, "GRADE_WARM": "0"}
        yield {
            OURS: lambda: seconds([*GRADE, "2.3.2", "--from", "reference"], environment=ours),
            THEIRS: lambda: seconds([sys.executable, "grade.py"], cwd=work, environment=theirs),
        }


SCENARIO = Scenario("peers", probes, GOALS)
