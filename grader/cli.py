"""The command line: the first word says who acts on the others.

Exit codes: 0 full marks (or at least `--fail-under`), 1 graded and below, 2 usage, 3 the lesson or the harness is
broken, 130 interrupted. Nothing here imports torch before a grading starts.
"""

import sys
from typing import TYPE_CHECKING

from grader.lessons import CourseError
from grader.options import USAGE, UsageError, tell
from grader.words import AUTHOR_COMMANDS, INSTRUCTOR_COMMANDS, STUDENT_COMMANDS

if TYPE_CHECKING:
    from grader.early import Loading


def run(arguments: list[str], loading: "Loading | None" = None) -> int:
    """Carry out one command line and return its exit code; a grading uses what is `loading` already."""
    try:
        if arguments and arguments[0] in STUDENT_COMMANDS:
            from grader import student

            return student.ACTIONS[arguments[0]](arguments[1:])
        if arguments and arguments[0] in AUTHOR_COMMANDS:
            from grader import author

            return author.ACTIONS[arguments[0]](arguments[1:])
        if arguments and arguments[0] in INSTRUCTOR_COMMANDS:
            from grader import instructor

            return instructor.run(arguments[0], arguments[1:])
        from grader import command

        return command.run(arguments, loading)
    except (UsageError, CourseError) as error:
        tell(f"grade: {error}", sys.stderr)
        return USAGE
    except SystemExit as finished:  # --help
        return int(finished.code or 0)
