"""`grade doctor`: what this machine offers, and what to do about what it lacks. Every line has a word besides its sign."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grader.lessons import Course, CourseError, find_course

_OLDEST: Final = (3, 11)
_DISK_MB: Final = 200


@dataclass(frozen=True)
class Line:
    """One finding: how it is, and what to do when it is not well."""

    state: str
    """`ok`, `note` (works without) or `bad`."""
    text: str


def examine() -> Iterator[Line]:
    """Yield the findings, one at a time, because some take a while."""
    version = ".".join(map(str, sys.version_info[:3]))
    new_enough = sys.version_info[:2] >= _OLDEST
    yield Line("ok" if new_enough else "bad", f"Python {version}" + ("" if new_enough else ": 3.11 or later is needed"))
    yield from _torch()
    yield from _isolation()
    course = _course()
    yield _course_line(course)
    yield from _disk(course)
    yield _warm()
    yield from _editor(course)


def _torch() -> Iterator[Line]:
    from grader.grading import environment, present_devices

    found = environment(present_devices("auto"), [])
    yield Line("ok", f"torch {found.torch} on {found.platform}")
    if found.devices == ["cpu"]:
        yield Line("note", "no GPU: code for a GPU is checked by a dry run")
    else:
        yield Line("ok", f"devices: {', '.join(found.devices)}")


def _isolation() -> Iterator[Line]:
    from grader.worker import jail

    layers = jail.probe()
    for layer, state in layers.items():
        if state == jail.ACTIVE:
            yield Line("ok", f"isolation: {layer}")
        elif layer in jail.MINIMUM:
            yield Line("bad", f"isolation: {layer}, needed to grade untrusted code: {state}")
        else:
            yield Line("note", f"isolation: {layer}: {state}")
    if any(layers.get(layer) != jail.ACTIVE for layer in jail.MINIMUM):
        yield Line("bad", "run only code that you trust here")


def _course() -> Course | None:
    try:
        return find_course(Path.cwd())
    except CourseError:
        return None


def _course_line(course: Course | None) -> Line:
    if course is None:
        return Line("note", "this folder belongs to no course: change to the folder that holds `exercises` and `tests`")
    exercises = len(course.exercises)
    return Line("ok", f"course {course.name}: {len(course.lessons)} lessons, {exercises} exercises")


def _disk(course: Course | None) -> Iterator[Line]:
    for folder in filter(None, [course.root if course else None, Path(os.environ.get("TMPDIR", "/tmp"))]):  # noqa: S108
        try:
            free = shutil.disk_usage(folder).free // 2**20
        except OSError as error:
            yield Line("bad", f"`{folder}` cannot be read: {error.strerror}")
            continue
        writable = os.access(folder, os.W_OK)
        if writable and free >= _DISK_MB:
            yield Line("ok", f"room in {folder}: {free // 1024} GB" if free >= 1024 else f"room in {folder}: {free} MB")
        else:
            yield Line("bad", f"`{folder}` " + ("is almost full" if writable else "cannot be written to"))


def _warm() -> Line:
    from grader.serve import running

    found = running()
    if found is None:
        return Line("note", "no warm grader runs: `uv run grade watch` or GRADE_WARM=1 starts one")
    return Line("ok", f"a warm grader runs (process {found.pid}, {found.memory_mb} MB); `uv run grade stop` ends it")


def _editor(course: Course | None) -> Iterator[Line]:
    """Say what an editor needs so that it finds torch."""
    if course is None:
        return
    python = Path(sys.prefix, "bin", "python")
    yield Line("note", f"choose this interpreter in your editor: {python}")
