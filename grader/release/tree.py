"""Which files students get, and how a folder that is there already takes them over without losing a student's work."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from grader.course.stubs import stub_text
from grader.lessons import Course, Exercise

STUBS: Final = "answers/stubs"
"""Where `grade reset` finds the stubs in a released course."""
MANIFEST: Final = Path("answers", "release.json")
"""Lists the released files with their digests, so that the next release knows what a student has changed."""
_NOT_RELEASED: Final = frozenset(("tests", "__pycache__"))
"""Parts of the grader that students do not get: its own tests."""
_ROOT_FILES: Final = ("LICENSE", "uv.lock", ".gitignore", ".python-version", "docs/course.md")
_NOT_OURS: Final = (".git", ".venv")
_BYTECODE: Final = (".pyc", ".pyo")


def tree(course: Course) -> dict[str, bytes]:
    """Return the contents of all files that students get, by path, except the answers; raises `StubError`."""
    stubs = {f"exercises/{one.file}": _stub(course, one) for one in course.exercises}
    found = {}
    for path in (*_files(course.exercises_root), *_files(course.tests_root)):
        found[path.relative_to(course.root).as_posix()] = path.read_bytes()
    found |= stubs  # made anew: somebody may have tried an exercise in this checkout
    found |= {name.replace("exercises", STUBS, 1): content for name, content in stubs.items()}
    grader = course.root / "grader"
    if (grader / "__main__.py").is_file():  # else the course uses an installed grader
        for path in _files(grader):
            if path.relative_to(grader).parts[0] not in _NOT_RELEASED:
                found[path.relative_to(course.root).as_posix()] = path.read_bytes()
    for name in _ROOT_FILES:
        if (course.root / name).is_file():
            found[name] = (course.root / name).read_bytes()
    project = course.root / "pyproject.toml"
    if project.is_file():
        found["pyproject.toml"] = _for_students(project.read_text(encoding="utf-8")).encode()
    found["README.md"] = _readme(course).encode()
    found.setdefault(".gitignore", _GITIGNORE)
    return found


def lacks(files: Iterable[str]) -> str:
    """Return why students could not begin with these files; mostly an empty text."""
    return "" if "pyproject.toml" in files else _NO_PROJECT


def _stub(course: Course, exercise: Exercise) -> bytes:
    path = course.reference(exercise)
    return stub_text(path.read_text(encoding="utf-8"), path.name).encode()


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        hidden = any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(root).parts)
        if path.is_file() and not path.is_symlink() and not hidden and path.suffix not in _BYTECODE:
            yield path


def _for_students(project: str) -> str:
    """Return pyproject.toml without the tools of authors; the dependencies stay, so uv.lock still fits."""
    return re.sub(r'(?m)^default-groups = \["dev"\]$', "default-groups = []", project)


def _readme(course: Course) -> str:
    lessons = "\n".join(
        f"| [{course.title(one)}](exercises/{one.folder}/README.md) | `uv run grade {one.id}` |"
        for one in course.lessons
    )
    first = course.lessons[0]
    return _README.format(title=_title(course), first=first.id, folder=first.folder, lessons=lessons)


def _title(course: Course) -> str:
    try:
        found = re.search(r"(?m)^# +(.+)$", (course.root / "README.md").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        found = None
    return found[1] if found else course.name


def install(files: dict[str, bytes], target: Path) -> list[str]:
    """Write the files into a folder; return the exercises that were kept because a student has changed them.

    What an earlier release wrote and this one does not have is removed, unless it was changed. So is byte code, which
    Python leaves where a released course was tried: nobody can see what it was made from.
    """
    before = _manifest(target)
    for cache in [path for path in target.rglob("__pycache__") if path.relative_to(target).parts[0] not in _NOT_OURS]:
        shutil.rmtree(cache, ignore_errors=True)
    kept = []
    for name, content in files.items():
        place = target / name
        if name.startswith("exercises/") and name.endswith(".py") and _changed(place, before.get(name)):
            if place.read_bytes() != content:
                kept.append(name)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    for name in before.keys() - files.keys():
        if not _changed(target / name, before[name]):
            (target / name).unlink(missing_ok=True)
    digests = {name: _digest(content) for name, content in sorted(files.items())}
    (target / MANIFEST).parent.mkdir(parents=True, exist_ok=True)
    (target / MANIFEST).write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")
    return kept


def _manifest(target: Path) -> dict[str, str]:
    try:
        return dict(json.loads((target / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _changed(place: Path, released: str | None) -> bool:
    """Return whether a file is there and is not what was released."""
    return place.is_file() and _digest(place.read_bytes()) != released


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


_GITIGNORE: Final = b".venv/\n__pycache__/\n.grade/\n"
_NO_PROJECT: Final = (
    "The course has no `pyproject.toml`, so students cannot install the grader. Make one with `uv init --bare` and "
    "`uv add` the package that you use, then release again."
)
_README: Final = """\
# {title}

You write small programs, and the grader says what is right, where the numbers part, and which known mistake gives
exactly your numbers. Everything runs on your machine, without a network.

## Start

You need [uv](https://docs.astral.sh/uv/). It sets up everything else on the first run.

```console
$ uv run grade {first}
```

grades the first lesson. Read its page, `exercises/{folder}/README.md`; put your code in place of
`raise NotImplementedError` in the files beside it; run the command again until the points are yours.

## While you learn

| | |
|---|---|
| `uv run grade next` | says what to do now, and why |
| `uv run grade watch` | grades again on every save |
| `uv run grade hint 1.1.1` | shows a hint, one step at a time |
| `uv run grade list` | shows the course and how far you are |
| `uv run grade reset 1.1.1` | puts the stub back and keeps your file |
| `uv run grade doctor` | shows what this machine offers |

## Lessons

| lesson | grade it |
|---|---|
{lessons}

The folder `answers` holds recorded numbers in place of the solutions. It is needed for grading: leave it as it is.
"""
