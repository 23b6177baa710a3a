"""The comment below a pull request, made from a results file that the pull request may have forged."""

import os
from pathlib import Path
from typing import Final

import msgspec

from grader.options import UsageError
from grader.reports import github
from grader.results import Results, from_json

LARGEST_RESULTS: Final = 8 << 20
MARK: Final = "<!-- grade: the score of this pull request -->"
"""The first line of the comment, by which the next run finds it again."""
_MOST_BYTES: Final = 60_000
"""GitHub refuses comments of more than 65,536 characters."""
_CLAIM: Final = (
    "These numbers come from a run that the pull request itself could have changed. "
    "They help its author; they are no proof. A maintainer's own run is what counts."
)


def body(results: Results, *, page: str = "") -> str:
    """Return the comment; `page` is the address of the run's page."""
    more = f" The [page of the run]({page}) has the full report." if page else ""
    return f"{MARK}\n{github.summary(results, most_bytes=_MOST_BYTES)}\n{_CLAIM}{more}\n"


def read_untrusted(path: Path) -> Results:
    """Return the results in a file that anybody may have written; raises `UsageError` when they are not sound."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            data = file.read(LARGEST_RESULTS + 1)
    except OSError as error:
        raise UsageError(f"`{path}` cannot be read: {error.strerror}.") from error
    if len(data) > LARGEST_RESULTS:
        raise UsageError(f"`{path}` is larger than {LARGEST_RESULTS >> 20} MB, so it is no results file.")
    try:
        return from_json(data)
    except (msgspec.MsgspecError, ArithmeticError, RuntimeError, TypeError, ValueError) as error:
        raise UsageError(f"`{path}` is no results file: {type(error).__name__}.") from error
