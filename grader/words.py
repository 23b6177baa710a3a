"""The first words of command lines. Imports nothing: the fast way to the warm grader needs them."""

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
