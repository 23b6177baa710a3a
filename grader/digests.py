"""Digests of files: what has to change for a known outcome to count no longer."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def add(digest: "hashlib._Hash", root: Path, paths: Iterable[Path]) -> None:
    """Add the names, as seen from `root`, and the contents of the files among the paths."""
    for path in sorted(paths):
        if path.is_file() and "__pycache__" not in path.parts:
            data = path.read_bytes()
            digest.update(f"{path.relative_to(root)} {len(data)}\n".encode())
            digest.update(data)
