"""What is to be graded and how, where it is graded, and both as they travel between processes. Knows nothing of torch."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from grader.lessons import Course, Exercise

PACKET: Final = 1 << 16
"""Bytes of a place, at most."""


class GradingError(Exception):
    """The harness could not grade; the message is one sentence for whoever runs it."""


@dataclass(frozen=True)
class Request:
    """What to grade and how."""

    course: Course
    exercises: tuple[Exercise, ...]
    submission_root: Path
    seed: int = 0
    timeout: float | None = None
    device: str = "auto"
    """`auto` (the CPU, and a GPU where there is one), `cpu`, `cuda`, `mps` or `all`."""
    jailed: bool = False
    """Refuse to grade where the jail lacks a layer that untrusted code needs."""
    strict: bool = False
    """As `jailed`, and every check gets a fresh worker."""
    verdict_only: bool = False
    """Find out only whether full marks are earned: an exercise stops at its first failed check, and nothing is explained."""
    series: bool = False
    """Keep the curves that checks compare, for a report that draws them."""
    memory: Path | None = None
    """A file of known answers of trusted programs, which gradings of the same course share and add to."""
    record: Path | None = None
    """An answer key to be written, of the exercises' references and known mistakes."""
    json_report: Path | None = None
    """Where pytest-json-report's own file goes, when it is wanted."""
    on_check: Callable[[Exercise, int, int], None] | None = None


def stamp(files: Iterable[Path]) -> str:
    """Return what changes when one of the files does, as far as they are there."""
    facts = [(file, file.stat()) for file in sorted(files) if file.is_file()]
    return " ".join(f"{file.name} {found.st_size} {found.st_mtime_ns}" for file, found in facts)


def length_of(course: Course, exercise: Exercise) -> int:
    """Return about how long an exercise takes, beside others: the bytes of its check file."""
    file = course.check_file(exercise)
    return file.stat().st_size if file.is_file() else 0


def encoded_request(request: Request) -> dict[str, Any]:
    """Return a request as JSON values, to be read by `decoded_request` in another process."""
    return {
        "course": str(request.course.root),
        "exercises": [exercise.file for exercise in request.exercises],
        "submission_root": str(request.submission_root),
        "seed": request.seed,
        "timeout": request.timeout,
        "device": request.device,
        "jailed": request.jailed,
        "strict": request.strict,
        "verdict_only": request.verdict_only,
        "series": request.series,
        **{name: str(path) if path is not None else None for name, path in _files(request).items()},
    }


def decoded_request(told: dict[str, Any], known: Course | None = None) -> Request:
    """Return the request that `encoded_request` wrote down; `known` is a course whose folders were looked through already."""
    root = Path(told.pop("course"))
    course = known if known is not None and known.root == root else Course(root)
    files, root = told.pop("exercises"), Path(told.pop("submission_root"))
    memory, record = (Path(told[name]) if told[name] else None for name in ("memory", "record"))
    exercises = tuple(one for one in course.exercises if one.file in files)
    return Request(course, exercises, root, **{**told, "memory": memory, "record": record})


def _files(request: Request) -> dict[str, Path | None]:
    return {"memory": request.memory, "record": request.record}


@dataclass(frozen=True)
class Place:
    """Which host grades: the course, the check files that it collects, and the device."""

    course: str
    files: tuple[str, ...]
    device: str = "cpu"
    state: str = ""
    """What changes with the check files: a host is of no use after they were edited."""
    wide: bool = False
    """Two processes share a grading: for somebody who waits for it, on a machine with a processor to spare."""

    @classmethod
    def of(cls, course: Course, lessons: Sequence[str], device: str) -> "Place":
        """Return the place for exercises of these lessons (by folder)."""
        files = [str(course.check_file(one)) for one in course.exercises if one.folder in lessons]
        folders = dict.fromkeys([course.tests_root, *(Path(file).parent for file in files)])
        return cls(
            str(course.root), tuple(files), device, stamp(file for folder in folders for file in folder.glob("*.py"))
        )

    def encoded(self) -> bytes:
        """Return it as a packet, to be read by `decoded`."""
        import json  # `grade --help` needs none

        return json.dumps([self.course, self.files, self.device, self.state, self.wide]).encode()

    @classmethod
    def decoded(cls, packet: bytes) -> "Place":
        """Return the place that `encoded` wrote down."""
        import json

        course, files, device, state, wide = json.loads(packet)
        return cls(course, tuple(files), device, state, wide)


def place_of(request: Request) -> Place:
    """Return where a request is graded: with the checks of all exercises of its lessons."""
    folders = tuple(dict.fromkeys(exercise.folder for exercise in request.exercises))
    return Place.of(request.course, folders, request.device)
