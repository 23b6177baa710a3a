"""Loads torch's shared libraries on another processor while this one imports what is written in Python.

Loading and relocating them is a quarter of `import torch`, and happens without Python's lock. The loader has a lock of its
own, though: extension modules that are imported meanwhile wait for it, so those that are needed soon come first.
"""

import contextlib
import importlib.util
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_EXTENSIONS: Final = (
    *("_asyncio", "_bisect", "_bz2", "_csv", "_ctypes", "_datetime", "_hashlib", "_json", "_lzma", "_multiprocessing"),
    *(
        "_pickle",
        "_posixsubprocess",
        "_queue",
        "_random",
        "_socket",
        "_ssl",
        "_struct",
        "array",
        "fcntl",
        "grp",
        "math",
    ),
    *("select", "unicodedata", "zlib"),
)
_MEANWHILE: Final = (
    *("pytest", "rich.console", "asyncio", "unittest.mock", "tarfile", "urllib.request", "torchgen.model"),
    "numpy",  # last: its extensions wait for the library that is being loaded
)
"""What a grading needs, and what torch imports of others, most of it written in Python."""
_LIBRARIES: Final = (
    ("libtorch_global_deps.so", os.RTLD_NOW | os.RTLD_GLOBAL),
    *((name, os.RTLD_NOW | os.RTLD_LOCAL) for name in ("libtorch_cpu.so", "libtorch_cuda.so", "libtorch.so")),
)
"""What `import torch` loads first, and how; one after the other, so that who waits need not wait for all."""


class Loading:
    """Libraries of torch on their way into this process."""

    def __init__(self) -> None:
        """Begin, if torch is installed and not imported yet."""
        self._thread: threading.Thread | None = None
        folder = _folder()
        if folder is not None:
            _import(_EXTENSIONS)
            self._thread = threading.Thread(target=_load, args=(folder,), daemon=True)
            self._thread.start()

    def finish(self) -> None:
        """Import what can be imported meanwhile, and wait; after it, this process has one thread again."""
        _import(_MEANWHILE)
        if self._thread is not None:
            self._thread.join()
            self._thread = None


def _import(names: Sequence[str]) -> None:
    """Import modules that are there; which there are depends on the versions of Python and torch."""
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


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
