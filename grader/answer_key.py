"""Answer keys: what the reference and the known mistakes of a lesson answer, recorded, in place of their programs.

A key is one SQLite file per lesson: no pickle, no code. Inputs are drawn anew wherever the key is used, and may differ
there in the last bits (another processor, another version of torch), so a question is recognised by its structure and by
numbers that are equal to 1e-9. Programs stand in it by the digests of their texts.
"""

import hashlib
import json
import math
import sqlite3
import zlib
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from grader.answers import frame
from grader.calls import LessonError, NotRecordedError
from grader.exchange import Heard, Question
from grader.worker.channel import frame_of, pack

VERSION: Final = 1
_DIGEST: Final = "sha256:"
_CLOSE: Final = 1e-9
_FLOATS: Final = {"float32": np.float32, "float64": np.float64}
_LEFT_OUT: Final = ("frames", "line", "warnings", "n", "blobs")
"""Parts of a reply that may quote lines of the program, or that belong to the exchange and not to the answer."""
_SKETCH: Final = 8
"""Sums that stand for the numbers of a question: other numbers give other sums, up to rounding."""
_TABLES: Final = """\
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE exercises (name TEXT PRIMARY KEY, facts TEXT);
CREATE TABLE programs (id INTEGER PRIMARY KEY, digest TEXT UNIQUE);
CREATE TABLE questions (id INTEGER PRIMARY KEY, exact BLOB UNIQUE, structure BLOB, numbers BLOB);
CREATE INDEX structures ON questions (structure);
CREATE TABLE contents (id INTEGER PRIMARY KEY, digest BLOB UNIQUE, data BLOB);
CREATE TABLE answers (program INTEGER, question INTEGER, content INTEGER, PRIMARY KEY (program, question)) WITHOUT ROWID;
"""


class RecordedMistake(msgspec.Struct, frozen=True):
    """A known mistake without its program."""

    name: str
    says: str
    program: str
    """What stands for its program."""
    reference: str
    """What stands for the program that it changes."""

    def variant(self, source: str) -> str:
        """Return what stands for the reference with this mistake; two mistakes at once are not recorded."""
        if source != self.reference:
            raise LessonError("two mistakes at once are not recorded")
        return self.program


class Facts(msgspec.Struct, frozen=True):
    """What a grading has to know of a reference besides its answers."""

    program: str
    """What stands for the reference."""
    functions: dict[str, tuple[str, ...]]
    """Functions of the exercise and the names of their parameters."""
    outputs: dict[str, tuple[str, ...]]
    """Names of the parts of a tuple that a function returns."""
    mistakes: list[RecordedMistake]


def stand_in(program: str) -> str:
    """Return what stands for a program in a key: the digest of its text."""
    return f"{_DIGEST}{hashlib.sha256(program.encode()).hexdigest()}"


class AnswerKey:
    """The recorded answers of a lesson."""

    def __init__(self, file: Path) -> None:
        """Open a key; raises `LessonError` when it is none."""
        try:
            self._connection = sqlite3.connect(f"file:{file.as_posix()}?mode=ro&immutable=1", uri=True)
            about = dict(self._connection.execute("SELECT name, value FROM about"))
            self.seeds = tuple(json.loads(about["seeds"]))
            version = int(about["version"])
        except (sqlite3.Error, KeyError, ValueError) as error:
            raise LessonError(f"The answer key {file.name} cannot be read ({error}). Fetch the course anew.") from error
        if version != VERSION:
            raise LessonError(f"The answer key {file.name} is of version {version}; this grader reads {VERSION}.")

    def facts(self, exercise: str) -> Facts:
        """Return what is known of an exercise's reference."""
        row = self._connection.execute("SELECT facts FROM exercises WHERE name = ?", (exercise,)).fetchone()
        if row is None:
            raise LessonError(f"The answer key holds nothing about `{exercise}`. Fetch the course anew.")
        return msgspec.json.decode(row[0], type=Facts)

    def find(self, program: str, asked: Question, chain: bytes | None) -> tuple[bytes, bytes] | None:
        """Return what stands for this question in a chain, and the recorded answer."""
        structure, numbers = _taken_apart(asked, chain)
        rows = self._connection.execute(
            "SELECT exact, numbers, data FROM questions JOIN answers ON question = questions.id "
            "JOIN programs ON program = programs.id JOIN contents ON content = contents.id "
            "WHERE structure = ? AND programs.digest = ?",
            (structure, program),
        )
        nearest: tuple[float, bytes, bytes] | None = None
        for exact, recorded, data in rows:
            distance = _distance(numbers, np.frombuffer(recorded))
            if distance <= _CLOSE and (nearest is None or distance < nearest[0]):
                nearest = distance, exact, data
        return (nearest[1], zlib.decompress(nearest[2])) if nearest is not None else None

    def keep(self, program: str, asked: Question, chain: bytes | None, answer: bytes) -> bytes:  # noqa: ARG002
        """Refuse: a key does not change."""
        raise NotRecordedError("An answer key does not take answers.")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class Absent:
    """The program behind an answer key: not there."""

    device: str | None = None
    narrow = False
    loads = 0

    def start(self) -> None:
        """Do nothing."""

    def exchange(self, asked: Question) -> Heard:
        """Raise `NotRecordedError`."""
        raise NotRecordedError(f"The answer key holds no answer of `{asked.header.get('name')}` to these arguments.")

    def close(self) -> None:
        """Do nothing."""


class KeyWriter:
    """A key that is being recorded: it knows what is in it, and takes more."""

    def __init__(self, file: Path) -> None:
        """Open a file, which is made when it is not there."""
        fresh = not file.exists()
        self._connection = sqlite3.connect(file, isolation_level=None)
        if fresh:
            self._connection.executescript(_TABLES)
        self._connection.execute("BEGIN")  # one transaction: a key that was not finished is made anew

    def about(self, seeds: list[int], facts: dict[str, Facts]) -> None:
        """Write down what the key is for."""
        told = {"version": str(VERSION), "seeds": json.dumps(seeds)}
        self._connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", told.items())
        self._connection.executemany(
            "INSERT OR REPLACE INTO exercises VALUES (?, ?)",
            ((name, msgspec.json.encode(one).decode()) for name, one in facts.items()),
        )

    def find(self, program: str, asked: Question, chain: bytes | None) -> tuple[bytes, bytes] | None:
        """Return what stands for this question in a chain, and the recorded answer."""
        exact = _exact(asked, chain)
        row = self._connection.execute(
            "SELECT data FROM questions JOIN answers ON question = questions.id JOIN programs ON program = programs.id "
            "JOIN contents ON content = contents.id WHERE exact = ? AND programs.digest = ?",
            (exact, stand_in(program)),
        ).fetchone()
        return (exact, zlib.decompress(row[0])) if row is not None else None

    def keep(self, program: str, asked: Question, chain: bytes | None, answer: bytes) -> bytes:
        """Record an answer; return what stands for this question in a chain."""
        exact, (structure, numbers) = _exact(asked, chain), _taken_apart(asked, chain)
        data = zlib.compress(_without_source(answer), 9)
        connection, program = self._connection, stand_in(program)
        connection.execute("INSERT OR IGNORE INTO programs (digest) VALUES (?)", (program,))
        connection.execute(
            "INSERT OR IGNORE INTO questions (exact, structure, numbers) VALUES (?, ?, ?)",
            (exact, structure, numbers.tobytes()),
        )
        digest = hashlib.sha256(data).digest()
        connection.execute("INSERT OR IGNORE INTO contents (digest, data) VALUES (?, ?)", (digest, data))
        connection.execute(
            "INSERT OR IGNORE INTO answers SELECT programs.id, questions.id, contents.id "
            "FROM programs, questions, contents WHERE programs.digest = ? AND exact = ? AND contents.digest = ?",
            (program, exact, digest),
        )
        return exact

    def close(self) -> None:
        """Write everything, make the file as small as it gets, and close it."""
        self._connection.execute("COMMIT")
        self._connection.execute("VACUUM")
        self._connection.close()


def _exact(asked: Question, chain: bytes | None) -> bytes:
    return hashlib.sha256((chain or b"") + frame(asked, chain)).digest()


def _taken_apart(asked: Question, chain: bytes | None) -> tuple[bytes, NDArray[np.float64]]:
    """Return the digest of a question's structure, and what its numbers are."""
    header, blobs = frame_of(frame(asked, chain))
    numbers: list[NDArray[np.float64]] = []

    def walk(tree: Any) -> Any:
        if isinstance(tree, float):
            numbers.append(np.array([tree]))
            return "a number"
        if isinstance(tree, dict):
            return {name: walk(part) for name, part in tree.items()}
        if not isinstance(tree, list):
            return tree
        if len(tree) == 4 and tree[0] == "tensor" and tree[1] in _FLOATS:
            numbers.append(np.frombuffer(blobs[tree[3]], dtype=_FLOATS[tree[1]]).astype(np.float64))
            return tree[:3]
        if tree and tree[0] in ("tensor", "bytes", "generator") and type(tree[-1]) is int:
            return [*tree[:-1], hashlib.sha256(blobs[tree[-1]]).hexdigest()]
        return [walk(part) for part in tree]

    values = ("args", "kwargs")
    told = {name: walk(part) if name in values else part for name, part in header.items() if name != "blobs"}
    structure = hashlib.sha256((chain or b"") + json.dumps(told, sort_keys=True).encode()).digest()
    return structure, _sketch(np.concatenate(numbers)) if numbers else np.empty(0)


def _sketch(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a few numbers as they are; of many, weighted sums, and how many are not finite."""
    if numbers.size <= _SKETCH:
        return numbers
    finite = np.isfinite(numbers)
    weights = np.random.default_rng(0).standard_normal((_SKETCH - 1, numbers.size)) / math.sqrt(numbers.size)
    return np.append(weights @ np.where(finite, numbers, 0.0), float((~finite).sum()))


def _distance(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Return the largest difference, relative to numbers above 1; infinity where one is not finite and the other is."""
    if left.shape != right.shape:
        return math.inf
    differ = ~((left == right) | (np.isnan(left) & np.isnan(right)))
    if not differ.any():
        return 0.0
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(left[differ] - right[differ]) / np.maximum(1.0, np.abs(right[differ]))
    return float(np.nan_to_num(apart, nan=math.inf).max())


def _without_source(answer: bytes) -> bytes:
    """Return an answer without the lines of the program that errors and warnings quote."""
    header, blobs = frame_of(answer)
    reply = {name: part for name, part in header["reply"].items() if name not in _LEFT_OUT}
    return pack({**header, "reply": reply, "output": ""}, [bytes(blob) for blob in blobs])
