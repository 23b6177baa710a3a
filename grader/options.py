"""What all commands share: exit codes, the parser, words into values, files that are written whole or not at all."""

import argparse
import os
import re
import secrets
import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, TextIO

if TYPE_CHECKING:
    from rich.console import Console

OK, BELOW, USAGE, BROKEN = 0, 1, 2, 3
LARGEST_SEED: Final = 2**31 - 1
_NARROWEST, _WIDEST = 24, 100
"""Columns of running text."""


class UsageError(Exception):
    """The command line cannot be carried out; the message says why and what to do."""


class Parser(argparse.ArgumentParser):
    """Turns argparse's errors into one sentence."""

    def error(self, message: str) -> NoReturn:
        """Raise `UsageError`."""
        raise UsageError(f"{message[:1].upper()}{message[1:]}. `uv run grade --help` shows the options.")


class RawHelp(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of the epilog."""


def console(*, no_color: bool) -> "Console":
    """Return the terminal as rich sees it."""
    from rich.console import Console

    return Console(no_color=True if no_color else None, highlight=False)


def tell(said: str, stream: TextIO | None = None, *, indent: int = 0) -> None:
    """Print words on standard output or a stream: over as many lines as a terminal needs, or in one for a program.

    Lines after the first are indented.
    """
    stream = sys.stdout if stream is None else stream
    if stream.isatty() or "COLUMNS" in os.environ:
        width = max(_NARROWEST, min(shutil.get_terminal_size().columns, _WIDEST))
        said = "\n".join(
            textwrap.fill(line, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)
            for line in said.splitlines()
        )
    print(said, file=stream)


def seed(text: str) -> int:
    """Return a seed from its text, or a fresh one for `random`."""
    if text == "random":
        return secrets.randbelow(LARGEST_SEED)
    if not re.fullmatch(r"\d{1,10}", text) or int(text) > LARGEST_SEED:
        raise argparse.ArgumentTypeError(
            f"`{text}` is not a seed: give a whole number up to {LARGEST_SEED}, or `random`"
        )
    return int(text)


def whole(text: str) -> int:
    """Return a whole number from 0 on."""
    if not re.fullmatch(r"\d{1,6}", text):
        raise argparse.ArgumentTypeError(f"`{text}` is not a whole number")
    return int(text)


def count(text: str) -> int:
    """Return a whole number from 1 on."""
    if not whole(text):
        raise argparse.ArgumentTypeError(f"`{text}` is not a whole number above 0")
    return int(text)


def positive(text: str) -> float:
    """Return a number of seconds above 0."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of seconds above 0")
    return value


def percent(text: str) -> float:
    """Return a percentage."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"`{text}` is not a percentage from 0 to 100")
    return value


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_writable(name: str) -> None:
    """Refuse an output path now rather than after the grading."""
    if name == "-":
        return
    path = Path(name)
    folder = path.parent
    if path.is_dir() or not folder.is_dir() or not os.access(path if path.exists() else folder, os.W_OK):
        raise UsageError(f"`{name}` cannot be written. Name a file in a folder that exists and that you may write to.")


def write(name: str, text: str) -> None:
    """Write a file whole or not at all."""
    path = Path(name)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UsageError(f"`{name}` cannot be written: {error.strerror}.") from error
