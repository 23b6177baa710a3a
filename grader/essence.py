"""Which programs are the same: those that differ in nothing but comments and spaces, and cannot tell that they do.

Names and student numbers stand in comments, and on a short task hundreds hand in the same lines. Such a program needs to run
once, as long as nothing but its lines makes a difference: it reaches no file, no text of its own, no module beside it.
"""

import hashlib
import io
import tokenize
from collections.abc import Sequence
from typing import Final

_MODULES: Final = frozenset(
    ("__future__", "abc", "collections", "dataclasses", "enum", "functools", "itertools", "math", "torch", "typing")
)
"""What it may import: the course's other files are not among them."""
_REACHING: Final = frozenset(
    (
        *("open", "exec", "eval", "compile", "input", "breakpoint", "getattr", "setattr", "delattr", "vars", "globals"),
        *("locals", "dir", "id", "sys", "os", "io", "gc", "builtins", "importlib", "inspect", "linecache", "types"),
        *("ctypes", "traceback", "warnings", "subprocess", "socket", "threading", "time", "pickle", "pathlib"),
        *("load", "save", "load_library", "load_inline", "from_file", "hub", "jit", "package", "serialization"),
    )
)
"""Names by which a program gets at files, clocks, its own text, or at names that are made of text."""
_METHODS: Final = frozenset(
    f"__{name}__"
    for name in ("init", "call", "len", "getitem", "iter", "next", "repr", "post_init", "enter", "exit", "future")
)
_SILENT: Final = frozenset((tokenize.COMMENT, tokenize.NL, tokenize.ENDMARKER))
_BEGINS: Final = frozenset((tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT))
_LONGEST: Final = 20_000


def essence(text: str) -> bytes | None:
    """Return what two programs have in common exactly if they are the same, on the same lines; None for other programs."""
    if len(text) > _LONGEST:
        return None
    try:
        found = [one for one in tokenize.generate_tokens(io.StringIO(text).readline) if one.type not in _SILENT]
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    if not (_is_plain(found) and _imports(found) <= _MODULES):
        return None
    digest = hashlib.sha256()
    for one in found:
        row = one.start[0] if one.type != tokenize.DEDENT else 0  # its row is that of what follows, or the end
        digest.update(f"{one.type} {row} {len(one.string)} {one.string}\n".encode("utf-8", "surrogatepass"))
    return digest.digest()


def _is_plain(tokens: Sequence[tokenize.TokenInfo]) -> bool:
    """Return whether no token reaches out of the program."""
    for before, one in zip([*tokens[:1], *tokens], tokens, strict=False):
        word = one.string
        if one.type == tokenize.NAME:
            hidden = word.startswith("_") and word not in _METHODS and (word.startswith("__") or before.string == ".")
            if word in _REACHING or hidden:
                return False
        elif one.type == tokenize.STRING and "f" in word[: word.find(word[-1])].lower():
            return False  # before Python 3.12 the names inside are no tokens
    return True


def _imports(tokens: Sequence[tokenize.TokenInfo]) -> set[str]:
    """Return the modules that a program imports; relative imports are `.`."""
    found: set[str] = set()
    kind, wanted, first = "", False, True
    for one in tokens:
        if one.type in _BEGINS or one.string in (";", ":"):
            kind, wanted, first = "", False, True
            continue
        if wanted:
            found.add(one.string)
            wanted = False
        elif first and one.string in ("import", "from"):
            kind, wanted = one.string, True
        elif kind == "import" and one.string == ",":
            wanted = True
        first = False
    return found
