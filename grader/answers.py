"""Known answers: a trusted program is asked a question once, whichever check, mistake or hand-in it comes up for.

The calls of a check depend on the seed alone, so the reference and its known mistakes are asked the same things for
every hand-in. What they answered is kept for the run, and in a file that many gradings share. Calls that use things
in the worker (modules, optimizers) are known by everything that was asked before them in the same check.
"""

import contextlib
import hashlib
import json
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Protocol

from grader.calls import Answer, Call, Spent
from grader.exchange import Heard, Message, Question, question, serve, understood
from grader.proxy import Handle
from grader.worker.channel import frame_of, pack
from grader.worker.wire import NotDataError, Reference

_LARGEST: Final = 1 << 20
"""Bytes of one answer that is kept in a file."""
_FILE_FULL: Final = 512 << 20
_BUSY_S: Final = 5.0


class Live(Protocol):
    """A program that can be asked."""

    @property
    def loads(self) -> int:
        """How many times it was loaded: things that it made are gone after each."""
        ...

    @property
    def device(self) -> str | None:
        """Where it computes."""
        ...

    @property
    def narrow(self) -> bool:
        """Whether its device has no float64."""
        ...

    def start(self) -> None:
        """Make sure that it is loaded."""
        ...

    def exchange(self, asked: Question) -> Heard:
        """Return what it replies."""
        ...

    def close(self) -> None:
        """End its process."""
        ...


class Known(Protocol):
    """Where answers are known from. `chain` stands for what a check did before, None where that does not matter."""

    def find(self, program: str, asked: Question, chain: bytes | None) -> tuple[bytes, bytes] | None:
        """Return what stands for this question in a chain, and the known answer."""
        ...

    def keep(self, program: str, asked: Question, chain: bytes | None, answer: bytes) -> bytes:
        """Keep an answer; return what stands for this question in a chain."""
        ...


class Memory:
    """Answers by the digest of what was asked; with a file, also those of other gradings."""

    def __init__(self, file: Path | None = None) -> None:
        self._known: dict[bytes, bytes] = {}
        self._fresh: dict[bytes, bytes] = {}
        self._file = file
        self._connection: sqlite3.Connection | None = None

    def find(self, program: str, asked: Question, chain: bytes | None) -> tuple[bytes, bytes] | None:
        """Return what stands for this question in a chain, and the known answer."""
        key = _key(program, asked, chain)
        found = self.recall(key)
        return (key, found) if found is not None else None

    def keep(self, program: str, asked: Question, chain: bytes | None, answer: bytes) -> bytes:
        """Keep an answer; return what stands for this question in a chain."""
        key = _key(program, asked, chain)
        self.note(key, answer)
        return key

    def spent(self, program: str, measured: Spent) -> Spent:
        """Return what the calls of a program have cost when it was asked for the first time, which may be now."""
        key = hashlib.sha256(b"spent" + program.encode()).digest()
        found = self.recall(key)
        if found is not None:
            return Spent(**json.loads(found))
        if measured.calls:
            self.note(key, json.dumps(asdict(measured)).encode())
        return measured

    def recall(self, key: bytes) -> bytes | None:
        """Return what is noted under a key."""
        found = self._known.get(key)
        if found is None and self._file is not None:
            with contextlib.suppress(sqlite3.Error):
                row = self._open(self._file).execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
                if row is not None:
                    found = self._known[key] = row[0]
        return found

    def note(self, key: bytes, answer: bytes) -> None:
        """Note something under a key that stands for all that it depends on."""
        self._known[key] = answer
        if self._file is not None and len(answer) <= _LARGEST:
            self._fresh[key] = answer

    def close(self) -> None:
        """Write what is new into the file; losing it would cost time, never a verdict."""
        if self._file is None:
            return
        with contextlib.suppress(sqlite3.Error, OSError):
            if self._fresh and (not self._file.exists() or self._file.stat().st_size < _FILE_FULL):
                with self._open(self._file) as connection:
                    connection.executemany("INSERT OR IGNORE INTO answers VALUES (?, ?)", self._fresh.items())
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._fresh.clear()

    def _open(self, file: Path) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(file, timeout=_BUSY_S)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = OFF")
            self._connection.execute("CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, answer BLOB)")
        return self._connection


def _key(program: str, asked: Question, chain: bytes | None) -> bytes:
    return hashlib.sha256(hashlib.sha256(program.encode()).digest() + (chain or b"") + frame(asked, chain)).digest()


def frame(asked: Question, chain: bytes | None) -> bytes:
    """Return a question as bytes: without its place in the run, and in its check unless the chain matters."""
    header = {**asked.header, "scope": 0}
    if chain is None:
        header["place"] = "any"
    return pack(header, asked.blobs)


class Remembered:
    """A program that is asked only what is not known of it."""

    def __init__(self, live: Live, known: Known, program: str) -> None:
        """Keep the answers of `live` under the name `program`, which must change with anything that changes them."""
        self.live, self._known, self._program = live, known, program
        self._scope = -1
        self._chain = b""
        self._asked: list[Question] = []
        """What made things in this scope, or used them."""
        self._untold: list[Question] = []
        """Those of them that the program itself was not asked since it was loaded."""
        self._loads = live.loads

    @property
    def device(self) -> str | None:
        """Where the program computes."""
        return self.live.device

    def close(self) -> None:
        """End the program."""
        self.live.close()

    def answer(self, call: Call) -> Answer:
        """Return the known answer, or ask."""
        asked = question(call, self.live.device)
        if call.kind != "get" and call.scope != self._scope:
            self._scope, self._chain, self._asked, self._untold = call.scope, b"", [], []
        heard = None if asked.things else self._recall(asked, None)
        if heard is None:
            heard = self._recall(asked, self._chain)
        if heard is None:
            heard = self._ask(asked)
            chain = self._chain if asked.things or _holds_things(heard) else None
            with contextlib.suppress(NotDataError):
                self._go_on(asked, chain, self._known.keep(self._program, asked, chain, _packed(heard)))
        return understood(heard, self._revive, narrow=self.live.narrow)

    def _go_on(self, asked: Question, chain: bytes | None, following: bytes) -> None:
        if chain is not None:
            self._chain = following
            self._asked.append(asked)

    def _ask(self, asked: Question) -> Heard:
        """Ask the program itself, after whatever made the things that the question is about."""
        self.live.start()
        if self.live.loads != self._loads:
            self._untold, self._loads = list(self._asked), self.live.loads
        if asked.things:
            for earlier in self._untold:
                self.live.exchange(earlier)
            self._untold = []
        return self.live.exchange(asked)

    def _recall(self, asked: Question, chain: bytes | None) -> Heard | None:
        """Return what is known, if the check's callbacks say again what they said then."""
        found = self._known.find(self._program, asked, chain)
        if found is None:
            return None
        heard, called = _unpacked(found[1])
        for told, answered in called:
            if not _same(serve(told, asked.callbacks, heard, self._revive), answered):
                return None
        self._go_on(asked, chain, found[0])
        if chain is not None:
            self._untold.append(asked)
        return heard

    def _revive(self, reference: Reference) -> Any:
        return Handle(self, reference.number, reference.type)


def _same(left: Message, right: Message) -> bool:
    """Return whether two messages are equal as they travel."""
    return json.dumps(left[0]) == json.dumps(right[0]) and [bytes(blob) for blob in left[1]] == [
        bytes(blob) for blob in right[1]
    ]


def _holds_things(heard: Heard) -> bool:
    """Return whether a reply gives something out that stays in the worker."""
    return any(_has_handle(tree) for tree in (heard.header.get("value"), *(asked[0] for asked, _ in heard.called)))


def _has_handle(tree: Any) -> bool:
    if isinstance(tree, dict):
        return any(_has_handle(part) for part in tree.values())
    if not isinstance(tree, list):
        return False
    return bool(tree) and (tree[0] == "handle" or any(_has_handle(part) for part in tree))


def _packed(heard: Heard) -> bytes:
    """Return a reply and its callbacks as one frame of the wire."""
    blobs = [*heard.blobs]
    called = []
    for messages in heard.called:
        called.append([[header, len(parts)] for header, parts in messages])
        blobs += [part for _, parts in messages for part in parts]
    told = {"reply": heard.header, "own": len(heard.blobs), "output": heard.output, "called": called}
    return pack(told, blobs)


def _unpacked(data: bytes) -> tuple[Heard, list[tuple[Message, Message]]]:
    header, blobs = frame_of(data)
    rest = iter(blobs)

    def take(count: int) -> list[Any]:
        return [next(rest) for _ in range(count)]

    heard = Heard(header["reply"], take(header["own"]), header["output"])
    called = []
    for one, other in header["called"]:
        asked = one[0], take(one[1])
        called.append((asked, (other[0], take(other[1]))))
    return heard, called
