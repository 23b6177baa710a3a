"""Help between two gradings: hints step by step, what to do next, a fresh stub, the solution after the work."""

import re
import shutil
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from grader.lessons import Course, Exercise
from grader.options import UsageError
from grader.progress import FOLDER, Progress, Standing

STEPS: Final = ("where", "idea", "formula")
"""The hint ladder: where to look, the idea, the formula. Never the code."""
_AFTER: Final = re.compile(r"after-(\d+)-attempts")
_MARKER: Final = re.compile(r"^[ \t]*# (?:BEGIN SOLUTION.*|END SOLUTION|STUB .*)\n", re.MULTILINE)


class GuideError(UsageError):
    """What was asked for is not there, or not yet; the message says what to do instead."""


@dataclass(frozen=True)
class Hint:
    """One step of the ladder."""

    step: int
    of: int
    text: str


@dataclass(frozen=True)
class Next:
    """The exercise to do now, and why; without one the course is finished."""

    exercise: Exercise | None
    why: str


def hint(course: Course, exercise: Exercise, progress: Progress) -> Hint:
    """Climb one step and return it; at the top the last step is shown again."""
    path = course.hints_file(exercise)
    try:
        ladder = tomllib.loads(path.read_text(encoding="utf-8"))[exercise.name]
        texts = [str(ladder[step]).strip() for step in STEPS]
    except (OSError, KeyError, TypeError, ValueError) as error:
        page = course.page(course.lesson_of(exercise)).relative_to(course.root)
        raise GuideError(f"There is no hint for {exercise.id}. Its lesson page may help: {page}.") from error
    step = min(progress.hints(exercise) + 1, len(texts))
    progress.hinted(exercise, step)
    return Hint(step, len(texts), texts[step - 1])


def next_step(course: Course, standings: Mapping[str, Standing], exercises: Sequence[Exercise] | None = None) -> Next:
    """Return what to do now: finish what was begun last, else the first exercise that is not solved."""
    chosen = course.exercises if exercises is None else exercises
    known = {one: standings.get(one.id, Standing()) for one in chosen}
    begun = [one for one, standing in known.items() if standing.attempts and not standing.solved]
    if begun:
        latest = max(begun, key=lambda one: known[one].tried)
        standing = known[latest]
        points = f"{_number(standing.best)} of {_number(standing.possible)} points"
        return Next(latest, f"You have begun it: {points} so far, in {attempts(standing.attempts)}.")
    fresh = next((one for one, standing in known.items() if not standing.solved), None)
    if fresh is None:
        return Next(None, "Every exercise is solved. Congratulations!")
    if all(not standing.attempts for standing in known.values()):
        return Next(fresh, "You begin here, with the first exercise.")
    return Next(fresh, "It is the first exercise that is not solved yet.")


def reset(course: Course, exercise: Exercise, stub: str) -> Path | None:
    """Put the stub in the student's place; return where the old file lies now, None when it was missing or the same.

    On a full disk the student's file stays as it is.
    """
    path = course.stub(exercise)
    kept = None
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise GuideError(f"`{path.relative_to(course.root)}` is no ordinary file: move it away first.")
    if path.is_file():
        if path.read_bytes() == stub.encode():
            return None
        kept = _backup_place(course, exercise)
    fresh = path.with_name(f".{path.name}.fresh")
    try:
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, kept)
        fresh.write_text(stub, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        for partial in (fresh, kept):
            if partial is not None:
                partial.unlink(missing_ok=True)
        name = path.relative_to(course.root)
        raise GuideError(f"`{name}` is as it was, because no copy of it can be kept: {error.strerror}.") from error
    return kept


def _backup_place(course: Course, exercise: Exercise) -> Path:
    folder = course.root / FOLDER / "backup" / exercise.folder
    stamp = time.strftime("%Y-%m-%d-%H%M%S")
    names = (f"{exercise.name}.{stamp}{'' if copy == 0 else f'-{copy}'}.py" for copy in range(1000))
    return next(folder / name for name in names if not (folder / name).exists())


def solution(course: Course, exercise: Exercise, standing: Standing) -> str:
    """Return the reference as a student may read it; raises `GuideError` while the policy keeps it closed."""
    policy = solution_policy(course)
    path = course.reference(exercise)
    attempts = _AFTER.fullmatch(policy)
    if policy == "never":
        raise GuideError("This course does not show its solutions.")
    enough = attempts is not None and standing.attempts >= int(attempts[1])
    if not standing.solved and not enough:
        after = f", or after {attempts[1]} attempts (so far: {standing.attempts})" if attempts else ""
        raise GuideError(
            f"The solution of {exercise.id} opens when you have solved it{after}. `uv run grade hint {exercise.id}` helps on the way."
        )
    if not path.is_file():
        raise GuideError(f"The solution of {exercise.id} is not part of this copy of the course.")
    return _MARKER.sub("", path.read_text(encoding="utf-8"))


def solution_policy(course: Course) -> str:
    """Return when solutions open: `after-pass` (the default), `after-N-attempts` or `never`, from pyproject.toml."""
    try:
        settings = tomllib.loads((course.root / "pyproject.toml").read_text(encoding="utf-8"))
        policy = str(settings["tool"]["grade"]["solution"])
    except (OSError, KeyError, TypeError, ValueError):
        return "after-pass"
    if policy not in ("after-pass", "never") and not _AFTER.fullmatch(policy):
        raise GuideError(
            f"pyproject.toml says solution = {policy!r}: it can be `after-pass`, `after-5-attempts` or `never`."
        )
    return policy


def _number(points: Fraction) -> str:
    return f"{float(points):.3g}"


def attempts(count: int) -> str:
    """Return a number of attempts in words."""
    return "one attempt" if count == 1 else f"{count} attempts"
