"""Merging the journals of shards into one."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from grader.journal import Journal, open_journal
from grader.options import UsageError

_GROUP = 200
_Record = TypeVar("_Record")


def merge(target: str, sources: Sequence[str]) -> tuple[int, int]:
    """Add what journals hold to another, and return how many hand-ins and grades it then has.

    Doing it twice changes nothing. Raises `UsageError` when the journals were graded on different seeds.
    """
    opened = [open_journal(one, read_only=True) for one in sources]
    try:
        with open_journal(target, new=True) as whole:
            seed = _common_seed([*opened, whole])
            for one in opened:
                _add(one, whole)
            if seed is not None:
                whole.note("seed", seed)
            return sum(1 for _ in whole.hand_ins()), sum(1 for _ in whole.grades())
    finally:
        for one in opened:
            one.close()


def _common_seed(journals: Iterable[Journal]) -> str | None:
    seeds = sorted({seed for one in journals if (seed := one.noted("seed")) is not None})
    if len(seeds) > 1:
        raise UsageError(f"The journals were graded on different seeds: {', '.join(seeds)}. Grade all on one `--seed`.")
    return seeds[0] if seeds else None


def _add(source: Journal, whole: Journal) -> None:
    whole.roster(source.students())
    for _, mine in groupby(source.hand_ins(), key=lambda one: one.student):
        whole.hand_in(*sorted(mine, key=lambda one: one.attempt))
    for group in _groups(source.grades()):
        whole.record(*group)


def _groups(records: Iterator[_Record]) -> Iterator[list[_Record]]:
    group: list[_Record] = []
    for one in records:
        group.append(one)
        if len(group) == _GROUP:
            yield group
            group = []
    yield group
