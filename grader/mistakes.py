"""Named mistakes: wrong variants of a reference, as a lesson's `mistakes.py` lists them."""

import ast
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from grader.calls import LessonError
from grader.lessons import Course, Exercise, Lesson


class Known(Protocol):
    """A known mistake, as far as a diagnosis needs it."""

    @property
    def name(self) -> str:
        """Its name, in kebab case."""
        ...

    def variant(self, source: str) -> str:
        """Return the program of a reference with this mistake; raises `LessonError`."""
        ...


@dataclass(frozen=True)
class Mistake:
    """A wrong variant of an exercise's reference.

    `edit=(old, new)` replaces text that stands exactly once in the function (or the module); `edits` makes several such
    replacements; `replace` gives the whole function anew. `says` is for the student; without it the sentence
    of that name in `reference/feedback.toml` is used. `unseparable` gives the reason why no input shows the mistake.
    """

    name: str
    exercise: str
    function: str | None = None
    edit: tuple[str, str] | None = None
    edits: tuple[tuple[str, str], ...] = ()
    replace: str | None = None
    says: str | None = None
    unseparable: str | None = None

    def variant(self, source: str) -> str:
        """Return the reference's source with this mistake; raises `LessonError` when the edit does not fit."""
        changes = ((self.edit,) if self.edit else ()) + self.edits
        if self.replace is None and all(old == new for old, new in changes):
            raise LessonError(f"Mistake `{self.name}` changes nothing: give it `edit=`, `edits=` or `replace=`.")
        start, end = _span(source, self.function, self.name)
        part = source[start:end]
        if self.replace is not None:
            return source[:start] + self.replace.strip("\n") + "\n" + source[end:]
        for old, new in changes:
            if part.count(old) != 1:
                raise LessonError(
                    f"Mistake `{self.name}`: the text {old!r} stands {part.count(old)} times in "
                    f"`{self.function or self.exercise}`, not once. Change `edit` in mistakes.py."
                )
            part = part.replace(old, new)
        return source[:start] + part + source[end:]


def _span(source: str, function: str | None, name: str) -> tuple[int, int]:
    """Return where a top-level function or class stands in the source, in characters."""
    if function is None:
        return 0, len(source)
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == function:
            lines = [f"{line}\n" for line in source.split("\n")]  # as Python counts lines; splitlines knows more ends
            end = min(len(source), sum(map(len, lines[: node.end_lineno])))
            return sum(map(len, lines[: node.lineno - 1])), end
    raise LessonError(
        f"Mistake `{name}`: the reference has no function `{function}`. Change `function` in mistakes.py."
    )


def load_mistakes(course: Course, exercise: Exercise) -> list[Mistake]:
    """Return the known mistakes of an exercise, with their sentences filled in."""
    found = [one for one in all_mistakes(course, exercise) if one.exercise == exercise.name]
    shared = _shared_sentences(course.feedback_file)
    for mistake in found:
        if mistake.says is None and mistake.name not in shared:
            raise LessonError(
                f"Mistake `{mistake.name}` of {exercise.id} says nothing: give it `says=` or a line in feedback.toml."
            )
    return found


def all_mistakes(course: Course, lesson: Lesson | Exercise) -> list[Mistake]:
    """Return the known mistakes of a lesson, as its `mistakes.py` lists them."""
    path = course.mistakes_file(lesson)
    if not path.is_file():
        return []
    namespace: dict[str, Any] = {}
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)  # noqa: S102  the instructor's file
        return [one for one in namespace["MISTAKES"] if isinstance(one.exercise, str)]
    except Exception as error:
        raise LessonError(f"{path.name} of {lesson.folder} cannot be read: {type(error).__name__}: {error}") from error


def sentences(course: Course, mistakes: Iterable[Mistake]) -> dict[str, str]:
    """Return what to tell who made each of the mistakes, by name."""
    shared = _shared_sentences(course.feedback_file)
    return {one.name: one.says or shared[one.name] for one in reversed(list(mistakes))}


def _shared_sentences(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        return {str(name): str(text) for name, text in tomllib.loads(path.read_text(encoding="utf-8")).items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LessonError(f'{path.name} cannot be read: {error}. Write it as TOML, name = "sentence".') from error
