"""The journal itself: hand-ins, roster, grades and notes, read and written by the same statements in every database."""

import contextlib
import json
import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import msgspec

from grader.journal.records import Grade, HandIn, Student
from grader.journal.store import Store
from grader.results import from_json, to_builtins

_PAGE: Final = 500
"""Rows read at a time: a class of any size fits into memory, and nothing stays open between two pages."""
_HAND_IN: Final = "student, digest, attempt, source, submitted, problem"
_GRADE: Final = "student, digest, lesson, seed, grader, graded, duration_s, failure, tries, suspicious, results"
_KEY: Final = ("student", "digest", "lesson", "seed", "grader")
_ADD_HAND_IN: Final = f"""
INSERT INTO hand_in ({_HAND_IN}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (student, digest) DO UPDATE SET
source = excluded.source, submitted = excluded.submitted, problem = excluded.problem"""
_ADD_GRADE: Final = f"""
INSERT INTO grade ({_GRADE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT ({", ".join(_KEY)}) DO UPDATE SET
graded = excluded.graded, duration_s = excluded.duration_s, failure = excluded.failure, tries = excluded.tries,
suspicious = excluded.suspicious, results = excluded.results"""
_OTHERWISE_KEEP: Final = " WHERE grade.results IS NULL"
_ADD_STUDENT: Final = """
INSERT INTO student (student, name, email, ids) VALUES (?, ?, ?, ?) ON CONFLICT (student) DO UPDATE SET
name = excluded.name, email = excluded.email, ids = excluded.ids"""


class Journal:
    """The hand-ins and grades of one class. What a method has written is on disk when it returns or `together` ends."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Have all that is written inside reach the disk in one go, at the end: waiting for the disk takes longest."""
        with self._store.transaction():
            yield

    # Hand-ins

    def hand_in(self, *found: HandIn) -> None:
        """Keep hand-ins in the order of time; one that was changed since the last time is one more attempt.

        What could not be read counts as an attempt only until something of the same student can be read.
        """
        changed = [one for one in found if not self._has_hand_in(one)]
        if not changed:
            return
        with self._store.transaction():
            for one in changed:
                self._store.execute("DELETE FROM hand_in WHERE student = ? AND digest = ''", (one.student,))
                ask = "SELECT COALESCE(MAX(attempt), 0) FROM hand_in WHERE student = ?"
                [(last,)] = self._store.execute(ask, (one.student,))
                attempt = max(last + 1, one.attempt)
                values = (one.student, one.digest, attempt, one.source, one.submitted, one.problem)
                self._store.execute(_ADD_HAND_IN, values)

    def _has_hand_in(self, one: HandIn) -> bool:
        ask = "SELECT source, submitted, problem FROM hand_in WHERE student = ? AND digest = ?"
        return self._store.execute(ask, (one.student, one.digest)) == [(one.source, one.submitted, one.problem)]

    def hand_ins(self) -> Iterator[HandIn]:
        """Yield all hand-ins, ordered by student and digest."""
        for row in self._pages(_HAND_IN, "hand_in", ("student", "digest")):
            yield HandIn(**dict(zip(_HAND_IN.split(", "), row, strict=True)))

    # Roster

    def roster(self, students: Iterable[Student]) -> None:
        """Keep these students, all or none; those of an earlier roster stay."""
        with self._store.transaction():
            for one in students:
                ids = msgspec.json.encode(one.ids).decode()
                self._store.execute(_ADD_STUDENT, (one.student, one.name, one.email, ids))

    def students(self) -> Iterator[Student]:
        """Yield the roster, ordered by key; it may lack students who handed in, and hold some who did not."""
        for student, name, email, ids in self._pages("student, name, email, ids", "student", ("student",)):
            yield Student(student=student, name=name, email=email, ids=msgspec.json.decode(ids, type=dict[str, str]))

    # Grades

    def record(self, *grades: Grade, replace: bool = False) -> None:
        """Keep finished grades, all in one transaction.

        A grade that is there already stays, unless grading had failed then, or `replace` says otherwise.
        """
        with self._store.transaction():
            for one in grades:
                results = None if one.results is None else zlib.compress(json.dumps(to_builtins(one.results)).encode())
                self._store.execute(
                    _ADD_GRADE + ("" if replace else _OTHERWISE_KEEP),
                    (
                        *(one.student, one.digest, one.lesson, one.seed, one.grader, one.graded, one.duration_s),
                        *(one.failure, one.tries, one.suspicious, results),
                    ),
                )

    def grade(self, student: str, digest: str, lesson: str, seed: int, grader: str) -> Grade | None:
        """Return the grade with this key; None when there is none, or grading had failed."""
        rows = self._store.execute(
            f"SELECT {_GRADE} FROM grade WHERE student = ? AND digest = ? AND lesson = ? AND seed = ? AND grader = ?"
            " AND results IS NOT NULL",
            (student, digest, lesson, seed, grader),
        )
        return _grade(rows[0]) if rows else None

    def has(self, student: str, digest: str, lesson: str, seed: int, grader: str) -> bool:
        """Return whether a grade with this key is there; a failure does not count, because it is tried again."""
        return self.suspicion(student, digest, lesson, seed, grader) is not None

    def suspicion(self, student: str, digest: str, lesson: str, seed: int, grader: str) -> str | None:
        """Return why the grade with this key is suspicious, mostly an empty text; None when there is none."""
        ask = "SELECT suspicious FROM grade WHERE student = ? AND digest = ? AND lesson = ? AND seed = ? AND grader = ?"
        rows = self._store.execute(f"{ask} AND results IS NOT NULL", (student, digest, lesson, seed, grader))
        return rows[0][0] if rows else None

    def grades(self) -> Iterator[Grade]:
        """Yield all grades and failures, ordered by student, digest, lesson, seed and grader."""
        return map(_grade, self._pages(_GRADE, "grade", _KEY))

    # The whole

    def add(self, other: "Journal") -> None:
        """Add what another journal holds of hand-ins, students and grades; doing it twice changes nothing."""
        self.roster(other.students())
        with self._store.transaction():
            for _, mine in groupby(other.hand_ins(), key=lambda one: one.student):
                self.hand_in(*sorted(mine, key=lambda one: one.attempt))
        rows = other._pages(_GRADE, "grade", _KEY)  # noqa: SLF001  packed as they are: unpacking takes most of the time
        while group := list(islice(rows, _PAGE)):
            with self._store.transaction():
                for row in group:
                    self._store.execute(_ADD_GRADE + _OTHERWISE_KEEP, row)

    def counts(self) -> tuple[int, int]:
        """Return how many hand-ins and how many grades there are."""
        [(hand_ins, grades)] = self._store.execute(
            "SELECT (SELECT COUNT(*) FROM hand_in), (SELECT COUNT(*) FROM grade)"
        )
        return hand_ins, grades

    # Notes

    def noted(self, name: str) -> str | None:
        """Return what was noted about the class: `seed` is the seed that counts, `second_seed` that of the recheck."""
        rows = self._store.execute("SELECT value FROM note WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def note(self, name: str, value: str, *, once: bool = False) -> None:
        """Note something about the whole class; with `once`, what was noted before stays."""
        otherwise = "DO NOTHING" if once else "DO UPDATE SET value = excluded.value"
        self._store.execute(
            f"INSERT INTO note (name, value) VALUES (?, ?) ON CONFLICT (name) {otherwise}", (name, value)
        )

    def _pages(self, columns: str, table: str, key: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table in the order of its key, which the first columns repeat or hold."""
        names, marks = ", ".join(key), ", ".join("?" * len(key))
        order = f" ORDER BY {names} LIMIT {_PAGE}"
        places = [columns.split(", ").index(one) for one in key]
        page = self._store.execute(f"SELECT {columns} FROM {table}{order}")
        while page:
            yield from page
            if len(page) < _PAGE:
                return
            last = tuple(page[-1][place] for place in places)
            page = self._store.execute(f"SELECT {columns} FROM {table} WHERE ({names}) > ({marks}){order}", last)


def open_journal(where: str | Path, *, new: bool = False, read_only: bool = False) -> Journal:
    """Open a journal: the path of a SQLite file, or `postgresql://…`; raises `JournalError`.

    With `new`, one is made where there is none.
    """
    if isinstance(where, str) and where.startswith(("postgresql://", "postgres://")):
        from grader.journal.postgres import PostgresStore

        return Journal(PostgresStore(where, read_only=read_only))
    from grader.journal.sqlite import SqliteStore

    return Journal(SqliteStore(Path(where), new=new, read_only=read_only))


def _grade(row: tuple[Any, ...]) -> Grade:
    fields = dict(zip(_GRADE.split(", "), row, strict=True))
    packed = fields.pop("results")
    return Grade(**fields, results=None if packed is None else from_json(zlib.decompress(packed)))
