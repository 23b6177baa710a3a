"""Equivalents: mutants that are right, or differ in nothing that a check may look at, each with its reason.

`reference/<lesson>/equivalents.toml` lists them by exercise. An entry names the changed lines of code, not their place,
so that it outlives a new docstring, and stops fitting when the line itself changes:

    [[ex1_batches]]
    function = "batch_bounds"
    old = "if drop_last and stop - start < batch_size:"
    new = "if drop_last and stop - start != batch_size:"
    because = "A batch is never longer than batch_size."

`function` may be left out: then the entry is about every function of the exercise that holds this line. Where a function
holds the line more than once, `nth = 2` names the second; without it the entry is about all of them.

`reference/equivalents.toml` holds what is true of the whole course, under `[[everywhere]]`: there `old` and `new` are only
what is taken out and put in (`.detach()` and nothing). A mutant that fits counts as equivalent if no check notices it.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grader.calls import LessonError
from grader.course.mutants import Mutant
from grader.lessons import Course, Exercise, Lesson

EVERYWHERE: Final = "everywhere"
_NEEDED: Final = ("old", "new", "because")
_ALLOWED: Final = {*_NEEDED, "function", "nth"}


@dataclass(frozen=True)
class Equivalent:
    """One change that no check can be asked to notice."""

    exercise: str
    old: str
    new: str
    because: str
    function: str | None = None
    nth: int | None = None

    def fits(self, mutant: Mutant) -> bool:
        """Return whether the entry is about this mutant; white space does not count."""
        lines = (_spaced(self.old), _spaced(self.new))
        here = self.function in (None, mutant.function) and self.nth in (None, mutant.nth)
        return here and lines == (_spaced(mutant.old), _spaced(mutant.new))


def load_equivalents(course: Course, lesson: Lesson | Exercise) -> list[Equivalent]:
    """Return the equivalents of a lesson; raises `LessonError` for a file that cannot be read."""
    return _read(course, course.equivalents_file(lesson))


def _read(course: Course, path: Path) -> list[Equivalent]:
    name = path.relative_to(course.root).as_posix()
    if not path.is_file():
        return []
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LessonError(f"`{name}` cannot be read: {error}. Write it as TOML.") from error
    return [_entry(name, exercise, entry) for exercise, entries in tables.items() for entry in _list(entries)]


def load_shared(course: Course) -> list[Equivalent]:
    """Return what counts as equivalent everywhere in the course."""
    path = course.shared_equivalents_file
    return [entry for entry in _read(course, path) if entry.exercise == EVERYWHERE]


def is_shared(mutant: Mutant, shared: Sequence[Equivalent]) -> bool:
    """Return whether a mutant only does what is recorded for the whole course."""
    return any((entry.old, entry.new) == (mutant.cut, mutant.put) for entry in shared)


def split(mutants: Sequence[Mutant], known: Sequence[Equivalent]) -> tuple[list[Mutant], list[Mutant]]:
    """Return the mutants that checks must refuse, and those that are recorded as equivalent."""
    equal = [mutant for mutant in mutants if any(entry.fits(mutant) for entry in known)]
    return [mutant for mutant in mutants if mutant not in equal], equal


def stale(mutants: Mapping[str, Sequence[Mutant]], known: Sequence[Equivalent], file: str) -> Iterator[str]:
    """Yield a sentence for each entry that fits no mutant of its exercise; `mutants` are all of them, by exercise."""
    for entry in known:
        if not any(entry.fits(mutant) for mutant in mutants.get(entry.exercise, ())):
            yield f"`{file}`: no mutant of `{entry.exercise}` turns `{entry.old}` into `{entry.new}`: remove the entry."


def _list(entries: object) -> list[object]:
    return entries if isinstance(entries, list) else [entries]


def _entry(file: str, exercise: str, entry: object) -> Equivalent:
    table = entry if isinstance(entry, dict) else {}
    empty = ("new",) if exercise == EVERYWHERE else ()
    wrong = [key for key in _NEEDED if not isinstance(table.get(key), str)]
    wrong += [key for key in _NEEDED if key not in empty and not str(table.get(key)).strip()]
    if wrong or table.keys() - _ALLOWED or not isinstance(table.get("nth", 1), int):
        raise LessonError(
            f"`{file}`: an entry of `{exercise}` needs the texts {', '.join(f'`{key}`' for key in _NEEDED)} "
            "and may have `function` and the number `nth`, nothing else."
        )
    return Equivalent(exercise, **table)


def _spaced(code: str) -> str:
    return " ".join(code.split())
