"""Uses the machine."""

import os
import pickle
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from torch import Tensor

torch.set_num_threads(2)


def double(x: Tensor) -> Tensor:
    """Return twice x."""
    with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile() as file:
        path = Path(folder) / "x.pt"
        torch.save(x, path)
        x = torch.load(path)
        file.write(pickle.dumps({"pid": os.getpid(), "home": os.path.expanduser("~")}))
    Path("notes.txt").write_text("kept")
    with ThreadPoolExecutor(2) as pool:
        (result,) = pool.map(lambda value: value + value, [x])
    (torch.ones(300, 300) @ torch.ones(300, 300)).sum()
    return result
