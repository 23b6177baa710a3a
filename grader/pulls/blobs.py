"""A pull request as data: its exercise files are read from git's objects and never checked out.

A checkout would bring along links to the references, a `conftest.py`, attributes and names that collide on some file
systems. Here only the files that the course itself knows are asked for, one by one, and only regular ones are taken.
"""

import os
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from grader.lessons import Course, Exercise
from grader.options import UsageError

LARGEST_BLOB: Final = 1 << 20
"""What `grader.handin` accepts, too; a larger file is not even read."""
_MOST_NAMES: Final = 1 << 20
"""Bytes of names of other changed files that are read at most."""
_REGULAR: Final = frozenset({"100644", "100755"})
_KINDS: Final = {"120000": "a symbolic link", "160000": "a submodule", "040000": "a folder"}
_QUIET: Final = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
"""Objects are what their names say, nothing is fetched from anywhere, nobody is asked."""


@dataclass(frozen=True)
class Entry:
    """What a commit's tree says about one path."""

    mode: str
    name: str
    """The name of the object."""
    size: int | None
    """Bytes of a file; None for what is no file."""


@dataclass
class Pull:
    """What a pull request hands in."""

    commit: str
    base: str
    """The commit of the course that grades."""
    folder: str
    """Where the course lies in the repository: nothing, or a path that ends with a slash."""
    files: dict[Exercise, bytes] = field(default_factory=dict)
    changed: list[Exercise] = field(default_factory=list)
    """Exercises whose file is not what it was where the branch began."""
    refused: list[str] = field(default_factory=list)
    """A sentence for each exercise file that was not taken."""
    ignored: list[str] = field(default_factory=list)
    """Names of other changed files; none of them has any effect."""


def read_pull(course: Course, commit: str, base: str) -> Pull:
    """Return what a commit hands in; raises `UsageError` where git or the commit is not as it must be."""
    git = _Git(course.root)
    pull = Pull(git.commit(commit), git.commit(base), git.line("rev-parse", "--show-prefix"))
    paths = {f"{pull.folder}exercises/{one.file}": one for one in course.exercises}
    began = git.began(pull.base, pull.commit)
    before, after = git.entries(began, paths), git.entries(pull.commit, paths)
    pull.changed = [one for path, one in paths.items() if before.get(path) != after.get(path)]
    taken: dict[str, Entry] = {}
    for path, entries in after.items():
        problem = _problem(entries)
        if problem:
            pull.refused.append(f"{path} was not taken: {problem}")
        else:
            taken[path] = entries[0]
    for path, data in zip(taken, git.blobs(list(taken.values())), strict=True):
        pull.files[paths[path]] = data
    pull.ignored = [name for name in git.changed_names(began, pull.commit) if name not in paths]
    return pull


def write_files(pull: Pull, root: Path) -> None:
    """Write the files that were taken below a new folder, as a hand-in."""
    for exercise, data in pull.files.items():
        place = root / exercise.file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def _problem(entries: Sequence[Entry]) -> str:
    """Return why a path cannot be taken, or nothing."""
    if len(entries) != 1:
        return "it stands in the commit more than once."
    [entry] = entries
    if entry.mode not in _REGULAR or entry.size is None:
        return f"it is {_KINDS.get(entry.mode, 'no regular file')}. Hand in the file itself."
    if entry.size > LARGEST_BLOB:
        return "it is larger than 1 MB. Is it the right file?"
    return ""


@dataclass(frozen=True)
class _Git:
    """Asks git about objects, in the folder of the course."""

    root: Path

    def run(self, *words: str, given: bytes = b"", ends: tuple[int, ...] = (0,)) -> bytes:
        try:
            done = subprocess.run(
                ["git", *words], cwd=self.root, input=given, capture_output=True, check=False, env=os.environ | _QUIET
            )
        except FileNotFoundError as error:
            raise UsageError("`grade ci` needs git, which is not installed here.") from error
        if done.returncode not in ends:
            said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
            raise UsageError(f"git cannot read the pull request: {said or f'`git {words[0]}` failed'}.")
        return done.stdout

    def line(self, *words: str) -> str:
        return self.run(*words).decode("utf-8", "surrogateescape").rstrip("\n")

    def commit(self, given: str) -> str:
        """Return the full name of a commit."""
        found = self.run(
            *("rev-parse", "--verify", "--quiet", "--end-of-options", f"{given}^{{commit}}"), ends=(0, 1, 128)
        )
        if not found:
            self.line("rev-parse", "--git-dir")  # says so where there is no repository at all
            raise UsageError(f"There is no commit `{given}` here. Fetch it first: `git fetch origin pull/NUMBER/head`.")
        return found.decode().strip()

    def began(self, base: str, commit: str) -> str:
        """Return where the branch left the base; the base itself where the history is too short to say."""
        found = self.run("merge-base", base, commit, ends=(0, 1)).decode().split()
        return found[0] if found else base

    def entries(self, commit: str, paths: Iterable[str]) -> dict[str, list[Entry]]:
        """Return what a commit holds at these very paths, and nowhere else."""
        found: dict[str, list[Entry]] = {}
        for record in self.run("ls-tree", "-z", "-l", "--full-tree", commit, "--", *paths).split(b"\0")[:-1]:
            told, _, path = record.partition(b"\t")
            mode, _, name, size = told.decode().split()
            entry = Entry(mode, name, int(size) if size.isdigit() else None)
            found.setdefault(path.decode("utf-8", "surrogateescape"), []).append(entry)
        return found

    def blobs(self, entries: Sequence[Entry]) -> list[bytes]:
        """Return the files' bytes."""
        told = self.run("cat-file", "--batch", given="".join(f"{one.name}\n" for one in entries).encode())
        found, start = [], 0
        for entry in entries:
            header = f"{entry.name} blob {entry.size}\n".encode()
            end = start + len(header) + (entry.size or 0)
            if told[start : start + len(header)] != header:
                raise UsageError(f"The object {entry.name} is not there. Fetch the pull request again.")
            found.append(told[start + len(header) : end])
            start = end + 1
        return found

    def changed_names(self, before: str, after: str) -> list[str]:
        """Return the names of the files that differ, as far as a megabyte of names goes."""
        words = ["git", "diff-tree", "-r", "-z", "--name-only", "--no-renames", before, after]
        with subprocess.Popen(
            words, cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ | _QUIET
        ) as git:
            assert git.stdout is not None
            told = git.stdout.read(_MOST_NAMES)
            git.kill()
        return [name.decode("utf-8", "backslashreplace") for name in told.split(b"\0")[:-1]]
