"""What an instructor types: class, export, release, ci. Each command lives with what it commands."""

from collections.abc import Sequence
from importlib import import_module
from typing import Final

_COMMANDS: Final = {
    "class": "grader.batch.command",
    "export": "grader.exports.command",
    "release": "grader.release.command",
    "ci": "grader.pulls.command",
}


def run(name: str, arguments: Sequence[str]) -> int:
    """Carry out one of the commands and return its exit code."""
    code: int = import_module(_COMMANDS[name]).run(arguments)
    return code
