"""The `grade` command: `python -m grader` and the script of that name."""

import os
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and end at once: the interpreter's own teardown after torch costs half a second."""
    from grader.cli import run

    code = 130
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
        sys.stderr.flush()
    except KeyboardInterrupt:
        os.write(2, b"\nInterrupted.\n")
    except BrokenPipeError:
        code = 0
    os._exit(code)


if __name__ == "__main__":
    main()
