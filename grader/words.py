"""The words of command lines that decide which way they go. Imports next to nothing: the fast way must stay fast."""

import os
from collections.abc import Sequence
from typing import Final

STUDENT_COMMANDS: Final = (
    *("list", "next", "hint", "reset", "solution", "show", "watch", "serve", "stop", "doctor", "completion"),
)
AUTHOR_COMMANDS: Final = ("stubs", "verify", "audit", "new")
INSTRUCTOR_COMMANDS: Final = ("class", "export", "release", "ci")
OTHER_COMMANDS: Final = frozenset((*STUDENT_COMMANDS, *AUTHOR_COMMANDS, *INSTRUCTOR_COMMANDS))
"""All first words that do not mean: grade."""
WARM: Final = "GRADE_WARM"
"""The variable that has a warm grader started (1), or keeps away from it (0)."""
_ALONE: Final = ("--json-report", "--strict", "--github")
"""What is not for the warm grader: reports of pytest itself, the strictest isolation."""


def may_be_warm(arguments: Sequence[str]) -> bool:
    """Return whether a warm grader could carry out a command line, if there is one."""
    return grades(arguments) and os.environ.get(WARM) != "0" and not any(word.startswith(_ALONE) for word in arguments)


def grades(arguments: Sequence[str]) -> bool:
    """Return whether a command line grades, if there is nothing wrong with it."""
    return not (arguments and arguments[0] in OTHER_COMMANDS) and not {"-h", "--help"} & set(arguments)
