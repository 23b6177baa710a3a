"""`grade new`: the files of a new exercise. They hold a small example that works, so that `grade verify` accepts them.

An author then writes the own task over the example, part by part, and always has something that can be verified.
"""

import ast
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

from grader.course.stubs import write_stubs
from grader.lessons import POINTS, POINTS_OF_A_LESSON, Course, Exercise, Lesson
from grader.options import UsageError, write

_TEMPLATES: Final = Path(__file__).parent / "templates"
_STYLES: Final = ("loop", "product")
_LONGEST_TITLE: Final = 60
_LESSON_ID: Final = re.compile(r"(\d{1,3})\.(\d{1,3})")


@dataclass(frozen=True)
class Written:
    """What `grade new` wrote, and what its author does next."""

    exercise: Exercise
    files: list[Path]
    next_step: str


def course_at(given: str | None) -> Course:
    """Return the course in a folder, whose own folders are made; without one, the course around the working folder."""
    if given is not None:
        course = Course(Path(given).resolve())
        try:
            for folder in (course.exercises_root, course.reference_root, course.tests_root):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"There can be no course in `{given}`: {error.strerror}.") from error
        return course
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "exercises").is_dir() and (folder / "tests").is_dir():
            return Course(folder)
    raise UsageError("You are not inside a course. `--course DIR` makes one, or names the one you mean.")


def new_exercise(
    course: Course, lesson_id: str, title: str, *, points: int | None = None, giver: str | None = None
) -> Written:
    """Write the files of a new exercise, and of a new lesson where there is none of that number; nothing is overwritten.

    `points`: by default what the lesson lacks, or 1 that the `giver`, another exercise of the lesson, gives up. In a full
    lesson that is the one with the most points, unless another is named: what is written can be verified at once.
    """
    name = function_name(title)
    lesson = _lesson(course, lesson_id, name)
    number = max((one.number for one in lesson.exercises), default=0) + 1
    exercise = Exercise(lesson.key, lesson.folder, f"ex{number}_{name}")
    had = sum(course.points(one) for one in lesson.exercises)
    worth = points or max(POINTS_OF_A_LESSON - had, 1)
    excess, chosen = had + worth - POINTS_OF_A_LESSON, ""
    if giver is None and excess > 0:
        giver = chosen = _richest(course, lesson, excess)
    words = {"id": exercise.id, "lesson": lesson.id, "title": _sentence(title), "name": name, "file": exercise.name}
    files = dict(_files(course, lesson, exercise, words | {"points": str(worth)}))
    if giver is not None:
        given = excess if chosen else worth
        files.update([_lowered(course, lesson, giver, given)])
        had -= given
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write(str(path), text)
    stubs = write_stubs(Course(course.root), [exercise])
    said = f"{chosen} gave up {excess} of its points; `--take-from` names another. " if chosen else ""
    return Written(exercise, [*files, *stubs], said + _next_step(course, lesson, had + worth))


def function_name(title: str) -> str:
    """Return the name of the function that a title stands for, e.g. `clip_gradients`."""
    name = "_".join(re.findall(r"[a-z0-9]+", title.lower()))
    plain = title.isascii() and title.isprintable() and not set(title) & set('\\"`$')
    if not plain or not name or not name[0].isalpha() or keyword.iskeyword(name) or len(title) > _LONGEST_TITLE:
        raise UsageError(f"`{title}` cannot name a function. Use a few words of plain letters (a to z).")
    return name


def _richest(course: Course, lesson: Lesson, by: int) -> str:
    """Return the exercise of a lesson that has the most points; raises `UsageError` if it cannot give up so many."""
    richest = max(lesson.exercises, key=course.points)
    if course.points(richest) <= by:
        raise UsageError(_FULL.format(lesson=lesson.id, by=by, others=_points_of(course, lesson)))
    return richest.id


def _lowered(course: Course, lesson: Lesson, giver: str, by: int) -> tuple[Path, str]:
    """Return the check file of the exercise that gives points away, and its new text."""
    exercise = next((one for one in lesson.exercises if one.id == giver), None)
    if exercise is None:
        raise UsageError(f"`{giver}` is no exercise of lesson {lesson.id}, so it cannot give up points.")
    path, left = course.check_file(exercise), course.points(exercise) - by
    text = _read(path)
    found = POINTS.search(text)
    if found is None or left < 1:
        raise UsageError(f"{giver} has {left + by} points, so it cannot give up {by}. Name another exercise.")
    return path, f"{text[: found.start(1)]}{left}{text[found.end(1) :]}"


def _next_step(course: Course, lesson: Lesson, total: int) -> str:
    check = f"`grade verify {lesson.id}` accepts it as it is: write your task over the example, and verify again."
    if total == POINTS_OF_A_LESSON:
        return check
    return (
        f"Lesson {lesson.id} now has {total} points, and `grade verify` wants {POINTS_OF_A_LESSON}: change `points=` in "
        f"tests/{lesson.folder} ({_points_of(course, lesson) or 'no other exercise'})."
    )


def _points_of(course: Course, lesson: Lesson) -> str:
    return ", ".join(f"{one.id} has {course.points(one)}" for one in lesson.exercises)


def _lesson(course: Course, lesson_id: str, name: str) -> Lesson:
    """Return the lesson of that number, or one that is still to be written."""
    found = _LESSON_ID.fullmatch(lesson_id)
    if not found:
        raise UsageError(
            f"`{lesson_id}` is not the number of a lesson. Write it as 2.4; `uv run grade list` shows them."
        )
    key = (int(found[1]), int(found[2]))
    known = next((lesson for lesson in course.lessons if lesson.key == key), None)
    return known or Lesson(key, f"lesson_{key[0]}_{key[1]}_{name}", ())


def _files(course: Course, lesson: Lesson, exercise: Exercise, words: dict[str, str]) -> Iterator[tuple[Path, str]]:
    """Yield each file and its whole text; raises `UsageError` for one that is there and cannot be added to."""
    reference = course.reference(exercise)
    alternatives = {reference.parent / "alternatives" / f"{exercise.name}__{one}.py": f"{one}.py" for one in _STYLES}
    own = {reference: "reference.py", course.check_file(exercise): "checks.py"} | alternatives
    for path, template in own.items():
        if path.exists():
            raise UsageError(f"`{path.relative_to(course.root)}` is there already. Choose another title, or remove it.")
        yield path, _filled(template, words)
    yield course.mistakes_file(lesson), _with_mistakes(course, lesson, _filled("mistakes.py", words))
    hints = _read(course.hints_file(lesson))
    yield course.hints_file(lesson), f"{hints.rstrip()}\n\n".lstrip() + _filled("hints.toml", words)
    if not course.page(lesson).exists():
        yield course.page(lesson), _filled("page.md", words)


def _with_mistakes(course: Course, lesson: Lesson, added: str) -> str:
    """Return the lesson's `mistakes.py` with further entries at the end of its list."""
    path = course.mistakes_file(lesson)
    text = _read(path)
    if not text:
        return f'"""Known mistakes of lesson {lesson.id}."""\n\nfrom grader.testing import Mistake\n\nMISTAKES = [\n{added}]\n'
    end = _end_of_list(text)
    lines = text.split("\n")
    if end is None or lines[end - 1].strip() != "]":
        name = path.relative_to(course.root)
        raise UsageError(
            f"`{name}` does not end its list `MISTAKES = [` with a `]` on a line of its own. Mend it first."
        )
    return "\n".join([*lines[: end - 1], *added.rstrip("\n").split("\n"), *lines[end - 1 :]])


def _end_of_list(text: str) -> int | None:
    """Return the line on which the list of mistakes ends."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return None
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        named = any(isinstance(target, ast.Name) and target.id == "MISTAKES" for target in targets)
        if named and isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
            return node.value.end_lineno
    return None


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _filled(template: str, words: dict[str, str]) -> str:
    return Template((_TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")).substitute(words)


def _sentence(title: str) -> str:
    text = " ".join(title.split()).rstrip(".")
    return text[:1].upper() + text[1:]


_FULL: Final = (
    "No exercise of lesson {lesson} can give up {by} points ({others}). Give the new one fewer, with `--points`."
)
