"""Draw `docs/grade.svg`, the picture in the README, from a real run.

    uv run python docs/make_screenshot.py

Grades lesson 2.3 of a hand-in whose backward pass forgets the factor 2 and whose third exercise is not begun.
"""

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
LESSON = "lesson_2_3_net_from_scratch"
FORGOTTEN = ("2 * (y_pred - y)", "(y_pred - y)")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, LESSON)
        place.mkdir()
        for name in ("ex1_forward", "ex2_backward"):
            source = (ROOT / "reference" / LESSON / f"{name}.py").read_text(encoding="utf-8")
            if name == "ex2_backward":
                assert source.count(FORGOTTEN[0]) >= 1, "the reference has changed: mend FORGOTTEN"
                source = source.replace(*FORGOTTEN)
            (place / f"{name}.py").write_text(source, encoding="utf-8")
        stub = ROOT / "exercises" / LESSON / "ex3_train_mlp.py"
        (place / stub.name).write_text(stub.read_text(encoding="utf-8"), encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "-m", "grader", "2.3", "--from", folder],
            cwd=ROOT,
            env={"FORCE_COLOR": "1", "COLUMNS": "88", "TERM": "xterm-256color", "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )
    console = Console(record=True, width=88, file=io.StringIO(), force_terminal=True)
    console.print(Text("$ uv run grade 2.3", style="bold"))
    console.print(Text.from_ansi(run.stdout))
    console.save_svg(str(ROOT / "docs" / "grade.svg"), title="uv run grade 2.3")


if __name__ == "__main__":
    main()
