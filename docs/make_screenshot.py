"""Make the pictures of the README from real runs: a student's session, and the HTML report on a phone and on a screen.

    uv run python docs/make_screenshot.py

The session is an SVG that shows one screen after the other; where nothing may move, it shows the first. The screenshots
need a Chromium on the path (Debian: `chromium`).
"""

import difflib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
COLUMNS, LINES = 80, 20
SECONDS = 6
"""How long each screen of the session stays."""

NETWORK = "lesson_2_3_net_from_scratch/ex2_backward.py"
FORGOTTEN = ("2 * (y_pred - y)", "(y_pred - y)")
LINE = "lesson_1_2_linear_regression/ex3_train.py"
HALVED = ("2 / n_samples * errors.sum(dim=0)", "1 / n_samples * errors.sum(dim=0)")

WINDOW = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{said}">
<style>
text {{ font: {size}px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre; }}
.screen {{ opacity: 0; animation: show {whole}s step-end infinite; }}
.screen:first-of-type {{ opacity: 1; }}
@keyframes show {{ 0% {{ opacity: 1; }} {share}% {{ opacity: 0; }} 100% {{ opacity: 0; }} }}
@media (prefers-reduced-motion: reduce) {{ .screen {{ animation: none; }} }}
{delays}
</style>
<rect x="1" y="1" width="{inner}" height="{tall}" rx="8" fill="#1f2328" stroke="#8b949e"/>
{screens}
</svg>
"""
SCREEN = """\
<g class="screen {unique_id}"><style>{styles}</style><defs>{lines}</defs>
<g transform="translate(12 12)">{backgrounds}{matrix}</g></g>"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder, "training-loop")
        for place in ("exercises", "reference", "tests"):
            shutil.copytree(ROOT / place, course / place, ignore=shutil.ignore_patterns("__pycache__"))
        session(course)
        report(course)


def answer(course: Path, file: str, mistake: tuple[str, str] | None) -> str:
    """Write the reference as the student's answer, perhaps with a mistake, and return it."""
    source = (course / "reference" / file).read_text(encoding="utf-8")
    if mistake is not None:
        assert source.count(mistake[0]) == 1, f"the reference has changed: mend {mistake}"
        source = source.replace(*mistake)
    source = re.sub(r"^ *#.*\n|  #.*$", "", source, flags=re.MULTILINE)
    (course / "exercises" / file).write_text(source, encoding="utf-8")
    return source


def grade(course: Path, *words: str) -> Text:
    """Run a command in the course and return the screen that it leaves."""
    run = subprocess.run(
        [sys.executable, "-m", "grader", *words],
        cwd=course,
        env={**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TERM": "xterm-256color", "GRADE_WARM": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in (0, 1), run.stderr
    return Text.assemble((f"$ uv run grade {' '.join(words)}\n\n", "bold"), Text.from_ansi(run.stdout))


def session(course: Path) -> None:
    """Draw a wrong answer, a hint, the change, and full marks."""
    before = answer(course, NETWORK, FORGOTTEN)
    wrong, hint = grade(course, "2.3.2"), grade(course, "hint", "2.3.2")
    after = answer(course, NETWORK, None)
    screens = [wrong, Text("\n").join([hint, change(before, after)]), grade(course, "2.3.2")]
    drawn = [drawing(screen, f"s{number}") for number, screen in enumerate(screens)]
    width, height, size = 80 * 12.2 + 24, LINES * 24.4 + 24, 20
    text = WINDOW.format(
        width=width,
        height=height,
        inner=width - 2,
        tall=height - 2,
        size=size,
        whole=SECONDS * len(drawn),
        share=100 / len(drawn),
        delays="\n".join(f".s{number} {{ animation-delay: {number * SECONDS}s; }}" for number in range(len(drawn))),
        screens="\n".join(drawn),
        said="A wrong answer and what the grader says of it, a hint, the change, and full marks",
    )
    (DOCS / "session.svg").write_text(text, encoding="utf-8")


def change(before: str, after: str) -> Text:
    """Return the student's change as a diff."""
    made = Text.assemble((f"# the change in {NETWORK.rpartition('/')[2]}\n\n", "bold"))
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=2, lineterm="")
    for line in list(lines)[2:]:
        made.append(f"{line}\n", {"+": "green", "-": "red"}.get(line[:1], ""))
    return made


def drawing(screen: Text, number: str) -> str:
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    lines = screen.wrap(console, COLUMNS)
    assert len(lines) <= LINES, f"screen {number} has {len(lines)} lines: make the window taller"
    console.print(screen)
    return console.export_svg(code_format=SCREEN, unique_id=number)


def report(course: Path) -> None:
    """Photograph the report of a training loop whose bias moves half as far as it should."""
    for solved in ("ex1_predict_and_loss", "ex2_gradients"):
        answer(course, LINE.replace("ex3_train", solved), None)
    answer(course, LINE, HALVED)
    place = course.parent / "report.html"
    grade(course, "1.2", "--html", str(place))
    with sync_playwright() as driver:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        for width, height, scheme, top in ((1440, 1840, "light", "header"), (360, 1400, "dark", "[id='1.2.3']")):
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
            )
            page.goto(f"{place.as_uri()}#1.2.3")
            page.locator(top).first.evaluate("(element) => element.scrollIntoView()")
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(128)
            picture.save(DOCS / f"report-{width}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
