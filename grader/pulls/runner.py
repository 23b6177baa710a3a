"""The machine of a CI service: what it offers to a job, and what student code must not get of it."""

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from grader.options import UsageError

_KEPT: Final = frozenset(
    {
        *("HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "PATH", "TMPDIR", "TZ", "VIRTUAL_ENV"),
        *("COLUMNS", "GRADE_DEBUG", "NO_COLOR", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "TERM"),
        *("CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH"),
    }
)


def clean_environment() -> dict[str, str]:
    """Return the variables that a grading needs; no token, and none of the runner's command files, is among them."""
    return {name: value for name, value in os.environ.items() if name in _KEPT}


def on_github() -> bool:
    """Return whether GitHub's runner, or one like it, reads what is printed."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


@contextlib.contextmanager
def without_commands() -> Iterator[None]:
    """Have the runner obey nothing that is printed meanwhile; nobody can guess the word that ends it."""
    token = secrets.token_hex(16)
    _say(f"::stop-commands::{token}")
    try:
        yield
    finally:
        _say(f"\n::{token}::")


def _say(line: str) -> None:
    if on_github():
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def append_summary(markdown: str) -> None:
    """Add Markdown to the page of the job, where the runner has one."""
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    try:
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(markdown)
    except OSError as error:
        raise UsageError(f"The summary `{name}` cannot be written: {error.strerror}.") from error
