"""Draw the pictures of all lesson pages again: `exercises/*/demo_*.py`, each into the SVG beside it.

    uv run python docs/make_plots.py [--into FOLDER]

With `--into` the pictures go into a folder of their own, and the course stays as it is.
"""

import argparse
import os
import runpy
import sys
import traceback
from pathlib import Path

from grader.lessons import Course, find_course

ROOT = Path(__file__).resolve().parent.parent


def draw(demo: Path, picture: Path) -> None:
    """Import the program, have it make its figure, and save that without a date, so that equal figures are equal files."""
    import matplotlib.pyplot as plt

    figure = runpy.run_path(str(demo))["figure"]()
    figure.savefig(picture, metadata={"Date": None})
    plt.close("all")


def draw_all(course: Course, into: Path | None) -> list[Path]:
    """Draw every picture; return the programs that failed, after saying why."""
    failed = []
    for demo in (demo for lesson in course.lessons for demo in course.demos(lesson)):
        picture = course.picture(demo) if into is None else into / course.picture(demo).name
        try:
            draw(demo, picture)
        except Exception:
            traceback.print_exc()
            failed.append(demo)
        else:
            print(f"{picture.stat().st_size / 1000:6.1f} kB  {picture}")
    return failed


def main() -> int:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson pages.")
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="write there, not into the course")
    options = parser.parse_args()
    os.environ["MPLBACKEND"] = "agg"  # no window, wherever this runs
    failed = draw_all(find_course(ROOT), options.into)
    for demo in failed:
        print(f"failed: {demo.relative_to(ROOT)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
