"""What platforms need beside the released course: Gradescope's archive, and a workflow for the students' repositories."""

import io
import zipfile
from typing import Final

WORKFLOW: Final = ".github/workflows/grade.yml"
_PROGRAMS: Final = ("setup.sh", "run_autograder")


def gradescope(files: dict[str, bytes], targets: list[str]) -> bytes:
    """Return an autograder for Gradescope: the released course and the two programs that Gradescope runs.

    It holds answers in place of references: student code runs in the same container.
    """
    contents = {f"course/{name}": content for name, content in files.items()}
    contents["setup.sh"] = _SETUP.encode()
    contents["run_autograder"] = _RUN.replace("TARGETS", " ".join(targets)).encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(name)  # dated 1980: the same course gives the same archive
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if name in _PROGRAMS else 0o644) << 16
            packed.writestr(entry, content)
    return archive.getvalue()


_SETUP: Final = """\
#!/usr/bin/env bash
# Gradescope runs this once, when the image is built.
set -euo pipefail
if ! command -v pip3 >/dev/null; then
    apt-get update
    apt-get install -y python3-pip
fi
pip3 install uv
cd /autograder/source/course
uv sync --frozen --compile-bytecode
"""

_RUN: Final = """\
#!/usr/bin/env bash
# Gradescope runs this for every submission. What a submission earns is in the results, not in the exit code.
set -uo pipefail
cd /autograder/source/course
uv run --frozen --no-sync grade TARGETS --from /autograder/submission --gradescope /autograder/results/results.json
code=$?
if [ ! -s /autograder/results/results.json ]; then
    echo '{"score": 0, "output": "The grader failed. Tell your instructor.", "visibility": "visible"}' \\
        > /autograder/results/results.json
    exit "$code"
fi
"""

ACTION: Final = """\
# Grades the exercises of this repository on every push, as `uv run grade` does on your machine.
name: grade
on:
  push:
    paths: ["exercises/**"]
  workflow_dispatch:
permissions: {}
concurrency:
  group: grade-${{ github.ref }}
  cancel-in-progress: true
jobs:
  grade:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    permissions:
      contents: read
    steps:
      - name: Check out
        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - name: Install uv
        uses: astral-sh/setup-uv@c771a70e6277c0a99b617c7a806ffedaca235ff9 # v9.0.0
        with:
          enable-cache: false
      - name: Grade
        run: uv run --frozen grade --github --json result.json --html report.html --fail-under 0
      - name: Keep the report
        if: always()
        uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1
        with:
          path: report.html
          archive: false
"""
