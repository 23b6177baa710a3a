"""What a student has done: every run and every hint, in a small SQLite file of the course.

It helps and never decides: whatever is wrong with the file (locked, corrupt, on a full disk) becomes one sentence, and
grading goes on. Only runs of the course's own exercises are kept, with points as exact fractions.
"""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, TypeVar

from grader.lessons import Course, Exercise
from grader.results import Results, Verdict

FOLDER: Final = ".grade"
_FILE: Final = "progress.sqlite"
_PATIENCE_S: Final = 2.0
"""How long to wait for another terminal that is writing."""
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS attempt (
    exercise TEXT NOT NULL, started TEXT NOT NULL, seed INTEGER NOT NULL, verdict TEXT NOT NULL,
    earned TEXT NOT NULL, possible TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS attempt_exercise ON attempt (exercise);
CREATE TABLE IF NOT EXISTS hint (exercise TEXT PRIMARY KEY, steps INTEGER NOT NULL);
"""
_Kept = TypeVar("_Kept")


@dataclass(frozen=True)
class Standing:
    """How far a student is with one exercise."""

    attempts: int = 0
    best: Fraction = Fraction(0)
    last: Fraction = Fraction(0)
    possible: Fraction = Fraction(0)
    verdict: str = ""
    """How the last attempt ended."""
    tried: str = ""
    """When it was tried last, as RFC 3339."""

    @property
    def solved(self) -> bool:
        """Whether the best attempt earned everything."""
        return self.possible > 0 and self.best >= self.possible


class Progress:
    """The history of one course folder; `problem` says in one sentence why it could not be used."""

    def __init__(self, course: Course) -> None:
        self.path: Path = course.root / FOLDER / _FILE
        self.problem: str = ""

    def record(self, results: Results) -> None:
        """Keep a run; exercises that were not attempted, or that the lesson's own faults spoilt, do not count."""
        rows = [
            (one.id, results.started, results.seed, one.verdict.value, str(one.earned), str(one.possible))
            for lesson in results.lessons
            for one in lesson.exercises
            if one.verdict not in (Verdict.NOT_ATTEMPTED, Verdict.SKIPPED, Verdict.BROKEN)
        ]
        if rows:
            self._with(lambda file: file.executemany("INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?)", rows), None)

    def standings(self) -> dict[str, Standing]:
        """Return how far the student is, by the exercise's id; exercises never attempted are missing."""
        if not self.path.is_file():
            return {}
        ask = "SELECT exercise, started, verdict, earned, possible FROM attempt ORDER BY rowid"
        rows: list[tuple[str, str, str, str, str]]
        rows = self._with(lambda file: file.execute(ask).fetchall(), [])
        found: dict[str, Standing] = {}
        for exercise, started, verdict, earned, possible in rows:
            known = found.get(exercise, Standing())
            with contextlib.suppress(ValueError, ZeroDivisionError):  # a row that something else has written
                points = Fraction(earned)
                best = max(known.best, points)
                found[exercise] = Standing(known.attempts + 1, best, points, Fraction(possible), verdict, started)
        return found

    def hints(self, exercise: Exercise) -> int:
        """Return how many steps of the hint ladder were shown."""
        if not self.path.is_file():
            return 0
        ask = "SELECT steps FROM hint WHERE exercise = ?"
        row = self._with(lambda file: file.execute(ask, (exercise.id,)).fetchone(), None)
        return row[0] if row and type(row[0]) is int else 0

    def hinted(self, exercise: Exercise, steps: int) -> None:
        """Keep that this many steps of the hint ladder were shown."""
        write = "INSERT INTO hint VALUES (?, ?) ON CONFLICT (exercise) DO UPDATE SET steps = excluded.steps"
        self._with(lambda file: file.execute(write, (exercise.id, steps)), None)

    def forget_hints(self, exercise: Exercise) -> None:
        """Begin the hint ladder anew."""
        if self.path.is_file():
            self._with(lambda file: file.execute("DELETE FROM hint WHERE exercise = ?", (exercise.id,)), None)

    def _with(self, action: Callable[[sqlite3.Connection], _Kept], otherwise: _Kept) -> _Kept:
        """Run an action in one transaction; a file that is no database is put aside and begun anew."""
        for last in (False, True):
            try:
                with self._open() as file:
                    return action(file)
            except sqlite3.DatabaseError as error:
                if not last and type(error) is sqlite3.DatabaseError:  # not a database, or its pages are damaged
                    self._put_aside()
                    continue
                self.problem = f"Your progress could not be kept or read ({error}); the grading itself is not affected."
            except OSError as error:
                reason = error.strerror or error
                self.problem = f"Your progress could not be kept ({reason}); the grading itself is not affected."
            break
        return otherwise

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(exist_ok=True)
        ignore = self.path.parent / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
        with contextlib.closing(sqlite3.connect(self.path, timeout=_PATIENCE_S)) as file:
            file.executescript(_SCHEMA)
            with file:
                yield file

    def _put_aside(self) -> None:
        aside = self.path.with_name(f"{self.path.stem}.damaged-{int(time.time())}{self.path.suffix}")
        with contextlib.suppress(OSError):
            self.path.rename(aside)
            self.problem = (
                f"The file with your progress was damaged; it is kept as {FOLDER}/{aside.name}, and a new one begins."
            )
