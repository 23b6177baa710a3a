"""How torch is imported for a grading: sooner, and less of it.

Loading and relocating its shared libraries is a quarter of `import torch`, and happens without Python's lock: a thread does
it while the first one imports what is written in Python. The loader has a lock of its own, though: extension modules that
are imported meanwhile wait for it, so those that are needed soon come first.

Another fifth are the Python rules for tensors without data (`torch._meta_registrations`, with `torch._refs` and
`torch._decomp`), which serve compilers and the device `meta`. They are imported when somebody asks for them.
"""

import contextlib
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import threading
import types
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

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


_OPTIONAL: Final = ("tqdm",)
"""What torch imports where it is installed, and uses for downloads only."""
_NO_MODULE: Any = None
"""What the import system reads as: there is no such module."""
_RULES: Final = "torch._meta_registrations"
_WITH_THE_RULES: Final = ("torch._refs", "torch._decomp")
"""Modules that come with the rules, import them, and can only be imported through them."""
_NEEDED_OF_THEM: Final = "torch._prims.rng_prims"
"""Makes `torch.Generator` what it is."""
_TRIED: Final = ("2.15.",)
"""Versions whose rules were looked through: what else they bring are tables for compilers. Others are imported whole."""


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


@contextlib.contextmanager
def quick_import(loading: Loading | None = None) -> Iterator[None]:
    """Surround the first import of torch; its libraries may be `loading` already.

    Importing makes many objects and no garbage: collections there cost 0.14 seconds.
    """
    if "torch" in sys.modules:
        yield
        return
    (loading or Loading()).finish()
    gc.disable()
    try:
        with _missing(_OPTIONAL if Path("/dev/nvidiactl").exists() else (*_OPTIONAL, "cuda")), _rules_later():
            yield
    finally:
        gc.enable()


@contextlib.contextmanager
def _rules_later() -> Iterator[None]:
    """Leave the rules out of an import of torch; torch's own way to modules that it imports late finds them afterwards."""
    folder = _folder()
    version = (folder.parent / "version.py").read_text(encoding="utf-8") if folder is not None else ""
    if not any(f"__version__ = '{tried}" in version for tried in _TRIED):
        yield
        return
    sys.modules[_RULES] = types.ModuleType(_RULES)
    try:
        yield
    finally:
        del sys.modules[_RULES]
    torch: Any = sys.modules["torch"]
    del torch._meta_registrations  # noqa: SLF001
    torch._lazy_modules |= {name.partition(".")[2] for name in (_RULES, *_WITH_THE_RULES)}  # noqa: SLF001
    sys.meta_path.insert(0, _RulesFirst())
    importlib.import_module(_NEEDED_OF_THEM)


class _RulesFirst(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Has whoever imports a module that belongs to the rules import these first: the other way round it is a circle."""

    def __init__(self) -> None:
        self._there: dict[str, tuple[types.ModuleType, importlib.machinery.ModuleSpec | None]] = {}

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        """Import the rules, once, and take the module that came with them."""
        if name not in _WITH_THE_RULES or _RULES in sys.modules:
            return None
        importlib.import_module(_RULES)
        module = sys.modules.pop(name)  # what is there already, Python would run again
        self._there[name] = module, module.__spec__
        return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Return the module."""
        return self._there[spec.name][0]

    def exec_module(self, module: types.ModuleType) -> None:
        """Leave it as it is: it has run."""
        module.__spec__ = self._there.pop(module.__name__)[1]


@contextlib.contextmanager
def _missing(packages: Sequence[str]) -> Iterator[None]:
    """Have packages count as not installed for a while: torch does without them, and importing them takes 40 ms."""
    absent = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent, _NO_MODULE))
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
