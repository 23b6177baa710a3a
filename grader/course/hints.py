"""Hints: three steps towards a solution, written by the author for each exercise, and never code.

`tests/<lesson>/hints.toml` holds one table per exercise with `where` (which part of the task to look at), `idea` (what
to think of) and `formula` (the mathematics).
"""

import re
import tomllib
from collections.abc import Iterator
from typing import Final

from grader.guide import STEPS
from grader.lessons import Course, Lesson

LONGEST: Final = 300
"""Characters of one hint: what is longer is an explanation, and belongs on the lesson's page."""
_CODE: Final = re.compile(r"```| = torch|\btorch\.\w+\(|\breturn \w+[.\[(]")
_SOLUTION: Final = re.compile(r"^[ \t]*# BEGIN SOLUTION.*?$(.*?)^[ \t]*# END SOLUTION", re.DOTALL | re.MULTILINE)
_SHORT_LINE: Final = 12
"""A shorter line of code may stand in a sentence by accident (`break`, `else:`)."""


def refused_hints(course: Course, lesson: Lesson) -> Iterator[str]:
    """Yield what is wrong with a lesson's hints, one sentence each."""
    name = course.hints_file(lesson).relative_to(course.root).as_posix()
    try:
        tables = tomllib.loads(course.hints_file(lesson).read_text(encoding="utf-8"))
    except FileNotFoundError:
        yield _MISSING.format(lesson=lesson.id, file=name)
        return
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        yield f"{lesson.id}: `{name}` cannot be read: {error}. Write it as TOML."
        return
    known = {exercise.name: exercise for exercise in lesson.exercises}
    for title in tables:
        if title not in known:
            yield f"{lesson.id}: `{name}` has hints for `{title}`, which is no exercise: rename or remove the table."
    for title, exercise in known.items():
        code = _solution_lines(course, lesson, title)
        table = tables.get(title)
        for problem in _problems(table if isinstance(table, dict) else {}, code):
            yield f"{exercise.id}: {problem} Mend the table [{title}] in `{name}`."


def _problems(table: dict[str, object], code: set[str]) -> Iterator[str]:
    for step in STEPS:
        text = table.get(step)
        if not isinstance(text, str) or not text.strip():
            yield f"the hint `{step}` is missing."
        elif len(text) > LONGEST:
            yield f"the hint `{step}` has {len(text)} characters, more than {LONGEST}."
        elif found := _CODE.search(text):
            yield f"the hint `{step}` holds code (`{found[0].strip()}`): say it in words or mathematics."
        elif line := next((line for line in sorted(code) if _gives_away(text, line)), None):
            yield f"the hint `{step}` gives away the line `{line}` of the solution."
    for key in table:
        if key not in STEPS:
            yield f"`{key}` is no hint: the steps are {', '.join(STEPS)}."


def _gives_away(text: str, line: str) -> bool:
    return line in text if len(line) >= _SHORT_LINE else line in (one.strip() for one in text.splitlines())


def _solution_lines(course: Course, lesson: Lesson, name: str) -> set[str]:
    """Return the lines of code that the student writes, without comments."""
    path = course.reference_root / lesson.folder / f"{name}.py"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return set()  # refused elsewhere
    lines = (line.partition("  # ")[0].strip() for block in _SOLUTION.findall(text) for line in block.split("\n"))
    return {line for line in lines if line and not line.startswith("#")}


_MISSING: Final = (
    "{lesson}: `{file}` is missing: write one table per exercise, each with the hints `where`, `idea` and `formula`."
)
