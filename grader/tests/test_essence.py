"""Programs are the same if they differ in comments and spaces only, and cannot tell that they do."""

import pytest

from grader.essence import essence

PLAIN = """\
import math
from torch import nn


def f(x, lr=0.1):
    \"\"\"Return the open end of the input, as load and time allow.\"\"\"
    y = x * lr
    return y + math.pi
"""
SAME = {
    "a comment at the end": PLAIN + "# Ada Lovelace, 1815\n",
    "a comment on a line": PLAIN.replace("y = x * lr", "y = x * lr  # scale"),
    "spaces": PLAIN.replace("x * lr", "x*lr").replace("(x, lr=0.1)", "( x, lr = 0.1 )"),
    "empty lines at the end": PLAIN + "\n\n",
    "a comment on an empty line": PLAIN.replace("nn\n\n", "nn\n# here\n"),
}
OTHER = {
    "a number": PLAIN.replace("0.1", "0.2"),
    "a name": PLAIN.replace("y", "z"),
    "the text of a docstring": PLAIN.replace("Return", "returns"),
    "another line": PLAIN.replace("import math", "import math\n"),
    "an indent": PLAIN.replace("    return y", "      \treturn y")
    .replace("    y =", "      \ty =")
    .replace('    "', '      \t"'),
    "one string for two": PLAIN.replace("x * lr", "'a' 'b'").replace("'a' 'b'", "'a''b '"),
}
REACHING = {
    "a file": "def f(x):\n    return open('a').read()\n",
    "its neighbour": "from ex1_chain import g\n",
    "its neighbour, in a line": "import math, ex1_chain\n",
    "its neighbour, later": "def f(x):\n    if x: import ex1_chain\n",
    "its neighbour, after a semicolon": "x = 1; import ex1_chain\n",
    "its package": "from . import ex1_chain\n",
    "an import by name": "m = __import__('os')\n",
    "a module of torch's": "import torch\nf = torch.os.getcwd\n",
    "its own text": "import inspect\n",
    "names made of text": "import torch\nf = getattr(torch, 'o' + 's')\n",
    "what is hidden": "import torch\nf = torch._utils\n",
    "what is hidden in classes": "x = (1).__class__\n",
    "names in a string": "import torch\ns = f'{torch.os}'\n",
    "names in a raw string": 'import torch\ns = RF"{torch.os}"\n',
    "a clock": "import time\n",
    "type comments": "import torch\n@torch.jit.script\ndef f(x):\n    return x\n",
    "no program": "def f(:\n  x = (\n",
    "bad indents": "if x:\n        y\n    z\n",
    "very long": "x = 1\n" * 5000,
    "deep": "(" * 5000,
}


@pytest.mark.parametrize("name", SAME)
def test_same(name):
    """What only a reader sees makes no difference."""
    assert essence(PLAIN) is not None
    assert essence(SAME[name]) == essence(PLAIN)


@pytest.mark.parametrize("name", OTHER)
def test_other(name):
    """What the program or a message can show makes one."""
    assert OTHER[name] != PLAIN
    assert essence(OTHER[name]) not in (None, essence(PLAIN))


@pytest.mark.parametrize("name", REACHING)
def test_programs_that_reach_out(name):
    """A program that may depend on more than its lines has no essence."""
    assert essence(REACHING[name]) is None


def test_classes_and_torch_are_plain():
    """Ordinary solutions have one."""
    text = "import torch\nfrom torch.utils.data import Dataset\n\nclass D(Dataset):\n    def __init__(self, x):\n        super().__init__()\n        self.x = x\n    def __len__(self):\n        return len(self.x)\n    def __getitem__(self, i):\n        return self.x[i]\n\ndef clip(m):\n    torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0)\n    m.load_state_dict(m.state_dict())\n"

    assert essence(text) is not None
