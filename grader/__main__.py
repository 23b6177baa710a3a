"""The `grade` command: `python -m grader` and the script of that name."""

import os
import sys
from typing import NoReturn

from grader.words import grades, may_be_warm


def main() -> NoReturn:
    """Run the command line and end at once: the interpreter's own teardown after torch costs half a second."""
    code = 130
    try:
        code = _carry_out(sys.argv[1:])
        sys.stdout.flush()
        sys.stderr.flush()
    except KeyboardInterrupt:
        os.write(2, b"\nInterrupted.\n")
    except BrokenPipeError:
        code = 0
    except Exception as error:
        if "GRADE_DEBUG" in os.environ:
            import traceback  # 9 ms, which every command would pay

            traceback.print_exc()
        text = f"grade: the grader itself failed ({type(error).__name__}: {error}). Set GRADE_DEBUG=1 to see where.\n"
        os.write(2, text.encode("utf-8", "backslashreplace"))
        code = 3
    os._exit(code)


def _carry_out(arguments: list[str]) -> int:
    loading = None
    if may_be_warm(arguments):
        from grader.warm import carried_out

        code = carried_out(arguments)
        if code is not None:
            return code
    if grades(arguments):
        from grader.early import Loading

        loading = Loading()
    from grader.cli import run

    return run(arguments, loading)


if __name__ == "__main__":
    main()
