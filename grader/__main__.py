"""The `grade` command: `python -m grader` and the script of that name."""

import os
import sys
import traceback
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and end at once: the interpreter's own teardown after torch costs half a second."""
    from grader.warm import carried_out

    code = 130
    try:
        done = carried_out(sys.argv[1:])
        if done is None:
            from grader.cli import run

            done = run(sys.argv[1:])
        code = done
        sys.stdout.flush()
        sys.stderr.flush()
    except KeyboardInterrupt:
        os.write(2, b"\nInterrupted.\n")
    except BrokenPipeError:
        code = 0
    except Exception as error:
        if "GRADE_DEBUG" in os.environ:
            traceback.print_exc()
        text = f"grade: the grader itself failed ({type(error).__name__}: {error}). Set GRADE_DEBUG=1 to see where.\n"
        os.write(2, text.encode("utf-8", "backslashreplace"))
        code = 3
    os._exit(code)


if __name__ == "__main__":
    main()
