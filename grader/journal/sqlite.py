"""The journal in one SQLite file: what most classes need. One process writes, any number read."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from grader.journal.store import VERSION, JournalError, newer

_APPLICATION: Final = 0x67726164
"""Written into the file's head, so that another program's file is told apart."""
_PATIENCE_S: Final = 30.0
"""How long to wait for another process that is writing."""
_TABLES: Final = (
    """CREATE TABLE hand_in (
    student TEXT NOT NULL, digest TEXT NOT NULL, attempt INTEGER NOT NULL, source TEXT NOT NULL,
    submitted TEXT NOT NULL, problem TEXT NOT NULL, PRIMARY KEY (student, digest))""",
    """CREATE TABLE student (
    student TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, ids TEXT NOT NULL)""",
    """CREATE TABLE grade (
    student TEXT NOT NULL, digest TEXT NOT NULL, lesson TEXT NOT NULL, seed INTEGER NOT NULL, grader TEXT NOT NULL,
    graded TEXT NOT NULL, duration_s REAL NOT NULL, failure TEXT NOT NULL, tries INTEGER NOT NULL,
    suspicious TEXT NOT NULL, results BLOB, PRIMARY KEY (student, digest, lesson, seed, grader))""",
    "CREATE TABLE note (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)
_SENTENCES: Final = (
    ("disk is full", "The disk with `{}` is full. Make room and start again: what was graded is kept."),
    ("readonly", "`{}` is read-only. Make it and its folder writable, or name another file."),
    ("not a database", "`{}` is not a journal. Name another file, or move this one away."),
    ("malformed", "`{}` is damaged. Restore it from a copy, or move it away and grade again."),
    ("locked", "`{}` is being written by another process. Wait for it, or use --shard."),
    ("unable to open", "`{}` cannot be opened. Name a file in a folder that you may write to."),
)


class SqliteStore:
    """One file in write-ahead mode; every transaction is on the disk before it is acknowledged."""

    def __init__(self, path: Path, *, new: bool, read_only: bool) -> None:
        """Open the file, or make it if `new`; `read_only` refuses every change."""
        self._name = str(path)
        if not path.exists() and not new:
            raise JournalError(f"There is no journal `{path}`. `grade class` writes one.")
        with self._told():
            self._file = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)
            try:
                self._prepare(read_only=read_only)
            except BaseException:
                self._file.close()
                raise

    def _prepare(self, *, read_only: bool) -> None:
        application = self._pragma("application_id")
        version = self._pragma("user_version")
        if application != _APPLICATION and (application or version or self._pragma("schema_version")):
            raise JournalError(f"`{self._name}` belongs to another program. Name another file for the journal.")
        if version > VERSION:
            raise newer(self._name)
        if read_only and not version:  # empty: whoever made the file has not come further
            raise JournalError(f"`{self._name}` holds no grades yet. `grade class` writes them.")
        if read_only:
            self._file.execute("PRAGMA query_only = ON")
            return
        if self._file.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
            raise JournalError(f"`{self._name}` cannot be kept safely on this file system. Use a local disk.")
        self._file.execute("PRAGMA synchronous = FULL")
        if not version:
            with self.transaction():
                if not self._pragma("user_version"):  # another process may have been faster
                    for statement in _TABLES:
                        self._file.execute(statement)

    def _pragma(self, name: str) -> int:
        return int(self._file.execute(f"PRAGMA {name}").fetchone()[0])

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Carry out one statement and return its rows."""
        with self._told():
            return self._file.execute(statement, values).fetchall()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Have all statements inside take effect together; one inside another is a part of it."""
        if self._file.in_transaction:
            yield
            return
        with self._told():
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._file.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # a full disk has rolled it back already
                    self._file.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file; its side files vanish with the last process that has it open."""
        with self._told():
            self._file.close()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn SQLite's errors into sentences."""
        try:
            yield
        except sqlite3.Error as error:
            for sign, sentence in _SENTENCES:
                if sign in str(error):
                    raise JournalError(sentence.format(self._name)) from error
            raise JournalError(f"The journal `{self._name}` cannot be used: {error}.") from error
