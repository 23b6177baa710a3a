"""Write `docs/feedback-gallery.md`: what the grader says about wrong answers, from real gradings.

    uv run python docs/make_gallery.py

The programs lie in `grader/tests/submissions/wrong/`; a test checks that they still get these first lines.
"""

import io
import tempfile
from pathlib import Path

import grader.worker  # noqa: F401  before torch: a process that forks must have one thread
from grader.apart import new_nursery
from grader.lessons import find_course
from grader.reports import terminal
from grader.results import Environment, ExerciseResult, LessonResult, Results, Score
from grader.tests import wrong_programs

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "feedback-gallery.md"
WIDTH = 88
HEAD = """\
# Feedback gallery

What a student reads after a wrong answer, in the order of the causes: numbers that part, structure, errors, and what is
not yet written. The first line of an explanation says what is wrong, the second what to look at.

This page is written by `uv run python docs/make_gallery.py` from real gradings. Do not edit it.
"""


def main() -> None:
    course, programs = find_course(ROOT), [one for one in wrong_programs.programs() if one.gallery]
    nursery = new_nursery()
    with tempfile.TemporaryDirectory() as folder:
        found = wrong_programs.graded(course, programs, Path(folder), nursery)
    nursery.close()
    parts = [HEAD]
    for number, program in enumerate(programs, 1):
        [exercise] = course.select([program.exercise])
        lesson = next(one for one in course.lessons if exercise in one.exercises)
        said = on_terminal(lesson.id, course.title(lesson), found[program.name])
        parts.append(
            f"## {number}. {program.about}\n\n```python\n{program.path.read_text(encoding='utf-8')}```\n\n"
            f"```text\n$ uv run grade {program.exercise}\n{said.rstrip()}\n```\n"
        )
    PAGE.write_text("\n".join(parts), encoding="utf-8")


def on_terminal(number: str, title: str, exercise: ExerciseResult) -> str:
    """Return what the terminal shows when this exercise alone is graded."""
    from rich.console import Console

    score = Score(earned=exercise.earned, possible=exercise.possible)
    results = Results(
        course="", submission="", started="", duration_s=0.0, seed=0, score=score, status="graded",
        environment=Environment(python="", torch="", platform="", devices=["cpu"], isolation=[]),
        lessons=[
            LessonResult(id=number, title=title, earned=exercise.earned, possible=exercise.possible, exercises=[exercise])
        ],
    )  # fmt: skip
    stream = io.StringIO()
    terminal.render(results, console=Console(file=stream, width=WIDTH, _environ={}), verbosity=0, next_step=None)
    return stream.getvalue()


if __name__ == "__main__":
    main()
