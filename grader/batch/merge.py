"""Merging the journals of shards into one."""

from collections.abc import Iterable, Sequence

from grader.journal import Journal, open_journal
from grader.options import UsageError


def merge(target: str, sources: Sequence[str]) -> tuple[int, int]:
    """Add what journals hold to another, and return how many hand-ins and grades it then has.

    Doing it twice changes nothing. Raises `UsageError` when the journals were graded on different seeds.
    """
    opened = [open_journal(one, read_only=True) for one in sources]
    try:
        with open_journal(target, new=True) as whole:
            seed = _common_seed([*opened, whole])
            for one in opened:
                whole.add(one)
            if seed is not None:
                whole.note("seed", seed)
            return whole.counts()
    finally:
        for one in opened:
            one.close()


def _common_seed(journals: Iterable[Journal]) -> str | None:
    seeds = sorted({seed for one in journals if (seed := one.noted("seed")) is not None})
    if len(seeds) > 1:
        raise UsageError(f"The journals were graded on different seeds: {', '.join(seeds)}. Grade all on one `--seed`.")
    return seeds[0] if seeds else None
