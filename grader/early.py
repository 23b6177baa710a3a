"""Loads torch's shared libraries on another processor while this one imports what is written in Python.

Loading and relocating them is a quarter of `import torch`, and happens without Python's lock. The loader has a lock of its
own, though: extension modules that are imported meanwhile wait for it, so those that everybody needs come first.
"""

import contextlib
import importlib.util
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

_EXTENSIONS = ("array", "bisect", "datetime", "hashlib", "json", "math", "random", "select", "socket", "struct", "zlib")
_LIBRARIES = (("libtorch_global_deps.so", os.RTLD_NOW | os.RTLD_GLOBAL), ("libtorch.so", os.RTLD_NOW | os.RTLD_LOCAL))
"""What `import torch` loads first, and how; libtorch.so brings those for the CPU and for CUDA."""


@contextlib.contextmanager
def libraries_of_torch() -> Iterator[None]:
    """Load them while the block runs; after it, this process has one thread again."""
    folder = _folder()
    if folder is None:
        yield
        return
    for name in _EXTENSIONS:
        importlib.import_module(name)
    loading = threading.Thread(target=_load, args=(folder,), daemon=True)
    loading.start()
    try:
        yield
    finally:
        loading.join()


def _folder() -> Path | None:
    """Return where the libraries lie; None when torch is imported already, or is not there."""
    found = importlib.util.find_spec("torch") if "torch" not in sys.modules else None
    places = (found.submodule_search_locations if found is not None else None) or []
    return next((folder for place in places if (folder := Path(place, "lib")).is_dir()), None)


def _load(folder: Path) -> None:
    """Load the libraries. What fails here fails again in `import torch`, which says why."""
    import ctypes

    dlopen = ctypes.CDLL(None).dlopen  # ctypes' own way to it, `ctypes.CDLL(path)`, would keep Python's lock
    dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    for name, mode in _LIBRARIES:
        dlopen(os.fsencode(folder / name), mode)
