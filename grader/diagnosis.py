"""The diagnosis: which known mistake gives exactly the submission's answers, found by replaying the checks' calls.

A mistake explains a submission when, on every call where its answer differs from the reference's, the submission
answers like the mistake, and at least one such call stands in a failed check. Where the mistake answers like the
reference it is blind, and says nothing. When no mistake fits alone, two are tried together.
"""

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from grader.calls import LessonError
from grader.mistakes import Known
from grader.replay import Programs, Step, Trial, steps_of
from grader.resemblance import by_likeness, resembling

MOST_NAMES: Final = 2
MOST_PAIRS: Final = 60
PAIRS_LIMIT_S: Final = 3.0
"""Pairs take a few milliseconds each; this ends the search where mistakes are slow."""


Explained = tuple[Known, set[int]]
"""A mistake and the positions of the calls that it explains."""


@dataclass(frozen=True)
class Diagnosis:
    """What was found: names for what fits exactly, and at most one that comes near."""

    named: list[Known] = field(default_factory=list)
    explained: frozenset[int] = frozenset()
    """The positions of the failed trials all of whose wrong answers are explained by these."""
    each: Sequence[frozenset[int]] = ()
    """The same for each name by itself."""
    unexplained: frozenset[int] = frozenset()
    """The positions of the failed trials with wrong answers that these do not give."""
    low: bool = False
    """The answers are float32, which is no part of what is named."""
    changed: bool = False
    """Arguments are changed, which is no part of what is named, and may be the reason for it."""
    like: Known | None = None
    """A mistake that the answers resemble without being equal; only where nothing is named."""


def diagnose(
    trials: Sequence[Trial],
    mistakes: Sequence[Known],
    source: str,
    programs: Programs,
    *,
    seconds: float = PAIRS_LIMIT_S,
) -> Diagnosis:
    """Return the mistakes that explain the failed checks, at most two, the one that explains most first.

    No program is asked the same twice. Pairs of mistakes are tried for so
    many `seconds` at most.
    """
    if not mistakes or not any(trial.failed for trial in trials):
        return Diagnosis()
    steps = steps_of(trials, programs, source)
    if not any(step.failed for step in steps):
        return Diagnosis()
    fitting = [
        (mistake, found) for mistake in mistakes if (found := _explains(mistake.variant(source), steps, programs))
    ]
    chosen = _most_telling(fitting)
    if not chosen:
        ranked = by_likeness(mistakes, steps, programs, source)
        chosen = _pair(ranked, steps, programs, source, time.monotonic() + seconds)
        if not chosen:
            return Diagnosis(like=resembling(mistakes, steps, programs, source))
    named = [mistake for mistake, _ in chosen]
    low = _low_besides(named, steps, programs, source)
    names = {one.name for one in named}
    alike = [one for one in mistakes if one.name in names]
    changed = _changed_besides(alike, steps, programs, source)
    together = set().union(*(found for _, found in chosen))
    explained = _explained_trials(trials, steps, together)
    each = [_explained_trials(trials, steps, found) for _, found in chosen]
    unexplained = frozenset(index for index in _open(steps, together) if trials[index].failed)
    return Diagnosis(named, explained, each, unexplained, low, changed)


def _explains(variant: str, steps: Sequence[Step], programs: Programs) -> set[int]:
    """Return the positions of the calls of failed checks that a variant explains; none when a call speaks against it."""
    values = _agreeing(variant, steps, programs, values=True)
    if values is None:
        return set()
    return values | (_agreeing(variant, steps, programs, values=False) or set())


def _agreeing(variant: str, steps: Sequence[Step], programs: Programs, *, values: bool) -> set[int] | None:
    """Return the calls of failed checks on which the submission agrees with the variant, or None when it does not once."""
    found = set()
    for index, step in enumerate(steps):
        if step.values is not values:
            continue
        answer = programs.ask(variant, step)
        shown = step.shown(answer)
        if any(not step.equal(step.mine, answer, name) for name in shown):
            return None
        if shown and step.failed:
            found.add(index)
    return found


def _most_telling(fitting: Sequence[Explained]) -> list[Explained]:
    """Return at most two names: what explains most, and what explains something else or exactly the same."""
    chosen: list[Explained] = []
    explained: set[int] = set()
    for mistake, found in sorted(fitting, key=lambda pair: -len(pair[1])):
        if mistake.name in (one.name for one, _ in chosen) or len(chosen) == MOST_NAMES:
            continue
        if not chosen or found == explained or found - explained:
            chosen.append((mistake, found))
            explained |= found
    return chosen


def _explained_trials(trials: Sequence[Trial], steps: Sequence[Step], explained: set[int]) -> frozenset[int]:
    seen = {trial for index in explained for trial in steps[index].trials}
    return frozenset(index for index in seen - _open(steps, explained) if trials[index].failed)


def _open(steps: Sequence[Step], explained: set[int]) -> set[int]:
    """Return the positions of the trials with a wrong answer that is not explained."""
    return {trial for index, step in enumerate(steps) if step.wrong and index not in explained for trial in step.trials}


def _low_besides(named: Sequence[Known], steps: Sequence[Step], programs: Programs, source: str) -> bool:
    """Return whether the answers are float32, and none of the mistakes is the reason."""
    low = next((step for step in steps if step.low and step.mine.get("dtypes") != step.right.get("dtypes")), None)
    if low is None:
        return False
    return all(programs.ask(one.variant(source), low).get("dtypes") == low.right.get("dtypes") for one in named)


def _changed_besides(named: Sequence[Known], steps: Sequence[Step], programs: Programs, source: str) -> bool:
    """Return whether arguments are changed, and none of the mistakes changes them, in whatever form it is known."""
    found = next((step for step in steps if step.mine.get("mutated") and not step.right.get("mutated")), None)
    return found is not None and not any(programs.ask(one.variant(source), found).get("mutated") for one in named)


# Two mistakes at once


def _pair(
    ranked: Sequence[Known], steps: Sequence[Step], programs: Programs, source: str, deadline: float
) -> list[Explained]:
    """Return two mistakes that together explain every wrong value, when both edits fit into one program."""
    wrong = {index for index, step in enumerate(steps) if step.values and step.failed and step.wrong}
    if not wrong:
        return []
    for one, other, variant in itertools.islice(_composed(ranked, source), MOST_PAIRS):
        if time.monotonic() > deadline:
            break
        found = _explains(variant, steps, programs)
        if wrong <= found:
            return [(one, found), (other, found)]
    return []


def _composed(mistakes: Sequence[Known], source: str) -> Iterator[tuple[Known, Known, str]]:
    """Yield pairs of mistakes and the program that has both, those first in the list first."""
    pairs = sorted(itertools.combinations(range(len(mistakes)), 2), key=sum)
    for one, other in ((mistakes[first], mistakes[second]) for first, second in pairs):
        if one.name == other.name:
            continue
        for first, second in ((one, other), (other, one)):
            try:
                variant = second.variant(first.variant(source))
            except (LessonError, SyntaxError):
                continue
            yield one, other, variant
            break
