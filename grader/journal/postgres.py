"""The journal in PostgreSQL: where many machines write at the same time. psycopg comes with the extra `postgres`."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from grader.journal.store import VERSION, JournalError, newer

_MAKING: Final = 0x67726164
"""The lock that lets one process at a time look for the tables and make them."""
_TEXT: Final = 'TEXT COLLATE "C" NOT NULL'  # ordered by code point, as in SQLite
_TABLES: Final = (
    f"""CREATE TABLE IF NOT EXISTS hand_in (
    student {_TEXT}, digest {_TEXT}, attempt INTEGER NOT NULL, source TEXT NOT NULL,
    submitted TEXT NOT NULL, problem TEXT NOT NULL, PRIMARY KEY (student, digest))""",
    f"""CREATE TABLE IF NOT EXISTS student (
    student {_TEXT} PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, ids TEXT NOT NULL)""",
    f"""CREATE TABLE IF NOT EXISTS grade (
    student {_TEXT}, digest {_TEXT}, lesson {_TEXT}, seed BIGINT NOT NULL, grader {_TEXT},
    graded TEXT NOT NULL, duration_s DOUBLE PRECISION NOT NULL, failure TEXT NOT NULL, tries INTEGER NOT NULL,
    suspicious TEXT NOT NULL, results BYTEA, PRIMARY KEY (student, digest, lesson, seed, grader))""",
    "CREATE TABLE IF NOT EXISTS note (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
    f"INSERT INTO note VALUES ('version', '{VERSION}') ON CONFLICT (name) DO NOTHING",
)


class PostgresStore:
    """A connection to a server; a transaction is on the server's disk before it is acknowledged."""

    def __init__(self, url: str, *, read_only: bool) -> None:
        """Connect, and make the tables where there are none; `read_only` refuses every change."""
        try:
            import psycopg
        except ImportError as error:
            raise JournalError(
                "A journal in PostgreSQL needs psycopg: install it with `uv sync --extra postgres`."
            ) from error
        self._name = _without_password(url)
        self._error = psycopg.Error
        with self._told():
            self._connection = psycopg.connect(url, autocommit=True, application_name="grade")
        try:
            self._prepare(read_only=read_only)
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, *, read_only: bool) -> None:
        if read_only:
            self.execute("SET default_transaction_read_only = on")
        else:
            with self.transaction():
                self.execute("SELECT pg_advisory_xact_lock(?)", (_MAKING,))
                for statement in _TABLES:
                    self.execute(statement)
        found = self.execute("SELECT to_regclass('note')")
        if found == [(None,)]:
            raise JournalError(f"There is no journal in `{self._name}`. `grade class` writes one.")
        [(version,)] = self.execute("SELECT value FROM note WHERE name = 'version'")
        if int(version) > VERSION:
            raise newer(self._name)

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Carry out one statement and return its rows."""
        with self._told():
            cursor = self._connection.execute(statement.replace("?", "%s").encode(), values)
            return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Have all statements inside take effect together."""
        with self._told(), self._connection.transaction():
            yield

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn PostgreSQL's errors into one sentence."""
        try:
            yield
        except self._error as error:
            first = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
            raise JournalError(f"The journal in `{self._name}` cannot be used: {first}.") from error


def _without_password(url: str) -> str:
    """Return host, port and database of a connection's URL: names and passwords stay out of messages."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'local'}{parts.path}"
