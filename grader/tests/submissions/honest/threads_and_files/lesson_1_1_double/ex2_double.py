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
        torch.save({"weights": torch.ones(3)}, path)
        assert torch.load(path)["weights"].sum() == 3
        file.write(pickle.dumps({"pid": os.getpid(), "home": os.path.expanduser("~")}))
    Path("notes.txt").write_text("kept")
    with ThreadPoolExecutor(2) as pool:
        squares = list(pool.map(lambda value: value**2, range(8)))
    assert squares[-1] == 49
    (torch.ones(300, 300) @ torch.ones(300, 300)).sum()
    return x + x
