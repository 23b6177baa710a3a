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
_ALONE: Final = ("--json-report", "--strict", "--github", "-h", "--help")
"""What is not for the warm grader: reports of pytest itself, the strictest isolation, nothing to grade."""


def may_be_warm(arguments: Sequence[str]) -> bool:
    """Return whether a warm grader could carry out a command line, if there is one."""
    if os.environ.get(WARM) == "0" or (arguments and arguments[0] in OTHER_COMMANDS):
        return False
    return not any(word.startswith(_ALONE) for word in arguments)
