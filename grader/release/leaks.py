"""Is anything of the references inside a folder? Looked for by name, by lines of the solutions, and in its git history."""

import re
import sqlite3
import subprocess
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from grader.course.stubs import stub_text
from grader.lessons import Course

_TELLING: Final = 16
"""Characters of a line that is found by chance in no other program."""
_SOLUTION: Final = re.compile(r"# BEGIN SOLUTION.*?\n(.*?)# END SOLUTION", re.DOTALL)
_EDIT: Final = "edit=("
"""What a known mistake changes in the solution; its name and its sentence are public."""
_SECRET_NAMES: Final = ("reference", "alternatives", "mistakes.py", "equivalents.toml")
_GIT_LIMIT_S: Final = 120
_LARGEST_BLOB: Final = 4 << 20
"""Bytes of a file in a repository's history that is looked at; sources are smaller, and answer keys hold no sources."""


def leaks(course: Course, folder: Path) -> list[str]:
    """Return a sentence for everything in a folder that tells of the course's references; nothing is what one wants."""
    found = []
    secrets = _secret_lines(course)
    for name, content in _contents(folder):
        if _of_the_references(name):
            found.append(f"`{name}` is a file of the references.")
        if Path(name).suffix in (".pyc", ".pyo"):
            found.append(f"`{name}` is byte code, which keeps names and constants of its source: delete it.")
        if (hit := _told_by(content, secrets)) is not None:
            found.append(f"`{name}` holds a line of a solution: `{hit}`.")
    if (folder / ".git").exists():
        found += [*_names_in_history(folder), *_lines_in_history(folder, secrets)]
    return found


def _of_the_references(name: str) -> bool:
    """Return whether a path is one of the references' files; the grader has a public module `mistakes.py`."""
    return any(part in _SECRET_NAMES for part in Path(name).parts) and not name.startswith("grader/")


def _told_by(content: bytes, secrets: set[bytes]) -> str | None:
    """Return a secret line that stands in a file's content."""
    hit = next((line for line in secrets if line in content), None)
    return None if hit is None else hit.decode(errors="replace")


def _secret_lines(course: Course) -> set[bytes]:
    """Return the telling lines of all solutions, alternatives and edits that stand nowhere in the public parts."""
    lines = set()
    for exercise in course.exercises:
        source = course.reference(exercise).read_text(encoding="utf-8")
        for block in _SOLUTION.findall(source):
            lines |= _telling(block)
        for path in course.alternatives(exercise):
            lines |= _telling(path.read_text(encoding="utf-8"))
    for path in filter(Path.is_file, map(course.mistakes_file, course.lessons)):
        lines |= {line for line in _telling(path.read_text(encoding="utf-8")) if _EDIT in line}
    public = "\n".join(_public(course))
    return {line.encode() for line in lines if line not in public}


def _public(course: Course) -> Iterator[str]:
    """Yield the texts that students may read: stubs, pages, checks, the grader."""
    tried = {course.stub(one) for one in course.exercises}  # in an author's checkout, one may hold a solution
    for root in (course.exercises_root, course.tests_root, course.root / "grader"):
        for path in root.rglob("*"):
            if path.suffix in (".py", ".md", ".toml") and path.is_file() and path not in tried:
                yield path.read_text(encoding="utf-8", errors="replace")
    for exercise in course.exercises:
        path = course.reference(exercise)
        yield stub_text(path.read_text(encoding="utf-8"), path.name)


def _telling(block: str) -> set[str]:
    return {line.strip() for line in block.split("\n") if len(line.strip()) >= _TELLING}


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of all files outside of git's own, those in archives and in answer keys included."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield name, str(path.readlink()).encode()
        elif path.is_file() and not name.startswith((".git/", ".venv/")):
            yield name, path.read_bytes()
            yield from ((f"{name}/{one}", inside) for one, inside in _packed(path))
            if path.suffix == ".sqlite":
                yield name, b"\n".join(_unpacked(path))


def _packed(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of the files in an archive; nothing of what is none."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from ((one, archive.read(one)) for one in archive.namelist())
    elif path.suffix in _TAR and tarfile.is_tarfile(path):
        with tarfile.open(path) as tar:
            for member in tar:
                inside = tar.extractfile(member)
                if inside is not None:
                    yield member.name, inside.read()


def _unpacked(key: Path) -> Iterable[bytes]:
    """Yield the recorded answers as they were before they were compressed."""
    connection = sqlite3.connect(f"file:{key.as_posix()}?mode=ro&immutable=1", uri=True)
    try:
        for (data,) in connection.execute("SELECT data FROM contents"):
            yield zlib.decompress(data)
    except (sqlite3.Error, zlib.error):
        return  # no answer key: its bytes were looked at as they are
    finally:
        connection.close()


def _names_in_history(folder: Path) -> list[str]:
    """Return the secret files that any commit of the folder's repository holds."""
    listed = _git(folder, "log", "--all", "--pretty=format:", "--name-only", "-z")
    names = {part.strip(b"\n").decode(errors="replace") for part in listed.split(b"\0")}
    return [f"The git history holds `{name}`: {_NEW_REPOSITORY}" for name in sorted(names) if _of_the_references(name)]


def _lines_in_history(folder: Path, secrets: set[bytes]) -> list[str]:
    """Return the lines of solutions in any file that the repository keeps, under whatever name, also unreachable ones."""
    objects = _git(folder, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectsize) %(objectname)")
    kinds = [line.split() for line in objects.splitlines()]
    blobs = [name for kind, size, name in kinds if kind == b"blob" and int(size) <= _LARGEST_BLOB]
    wanted = b"".join(name + b"\n" for name in blobs)
    contents = _git(folder, "cat-file", "--batch", sent=wanted)
    hit = _told_by(contents, secrets)
    return [f"The git history holds a line of a solution, `{hit}`: {_NEW_REPOSITORY}"] if hit is not None else []


def _git(folder: Path, *words: str, sent: bytes = b"") -> bytes:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, input=sent, capture_output=True, timeout=_GIT_LIMIT_S, check=False).stdout


_TAR: Final = (".tar", ".gz", ".tgz", ".bz2", ".xz")
_NEW_REPOSITORY: Final = "make a new repository, because a deleted file stays in its history."
