"""What a journal needs of a database: statements with `?` for values, transactions, and errors in one sentence."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Protocol

from grader.options import UsageError

VERSION: Final = 1
"""Of the tables; a journal of a later version is refused."""


class JournalError(UsageError):
    """The journal cannot be opened, read or written; the message says why and what to do."""


class Store(Protocol):
    """A database that holds the tables of a journal, and is the only thing that differs between the two kinds."""

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Carry out one statement and return its rows; raises `JournalError`."""

    def transaction(self) -> AbstractContextManager[None]:
        """Have all statements inside take effect together, and be on disk at its end; raises `JournalError`."""

    def close(self) -> None:
        """Let go of the database."""


def newer(name: str) -> JournalError:
    """Return the error for a journal that a later grader has written."""
    return JournalError(f"`{name}` was written by a newer grader. Update this one and try again.")
