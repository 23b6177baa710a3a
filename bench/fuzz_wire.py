"""Feed the grader's side of the wire many malformed messages: the tests' fuzzing at full size.

uv run python bench/fuzz_wire.py [--examples 10000]
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=10_000)
    options = parser.parse_args()
    command = [sys.executable, "-m", "pytest", "-q", "grader/tests/test_wire.py"]
    environment = {**os.environ, "GRADE_FUZZ_EXAMPLES": str(options.examples)}
    sys.exit(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
