"""What to say first about an exercise: which of the faults that its checks found is the cause, and which follows from it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Protocol

from grader.diagnosis import MOST_NAMES, Diagnosis
from grader.faults import Generic
from grader.results import MistakeResult, Verdict

_VALUES: Final = ("W", "R")
_BLAMED: Final = (Verdict.WRONG, Verdict.RAISED)


class Found(Protocol):
    """What one check found, as far as it matters here."""

    id: str
    kind: str
    verdict: Verdict
    message: str
    generic: Generic | None

    @property
    def step(self) -> int | None:
        """The first step with which two runs part, where that is known."""
        ...

    @property
    def compared(self) -> bool:
        """Whether two values were laid side by side."""
        ...


def causes(findings: Sequence[Found], diagnosis: Diagnosis, says: dict[str, str]) -> list[MistakeResult]:
    """Return at most two faults, the first of them the cause.

    Faults of structure (nothing returned, a wrong shape, an error) come first where they stand in a comparison and no
    named mistake has them as well, and so do changed arguments, from which wrong numbers may follow; then named mistakes,
    by the sentences in `says`; then what the numbers alone show. A mistake that leaves most wrong comparisons unexplained
    is no cause: `hint` tells of it.
    """
    failed = [index for index, one in enumerate(findings) if one.verdict in _BLAMED]
    open_ones = [findings[index] for index in failed if index not in diagnosis.explained]
    blamed = [findings[index] for index in failed]
    named = [
        MistakeResult(
            name=one.name, says=says[one.name], checks=tuple(findings[index].id for index in sorted(explained))
        )
        for one, explained in zip(diagnosis.named, diagnosis.each, strict=True)
    ]
    if named and not _mostly_open(findings, diagnosis):
        dtype = _told("g-dtype", blamed) if diagnosis.low else []
        changed = _told("g-mutated", blamed) if diagnosis.changed else []
        return [*_structural(open_ones), *changed, *named, *dtype][:MOST_NAMES]
    chosen, changed = _generic(blamed), _told("g-mutated", blamed)
    shown = [MistakeResult(name=chosen.name, says=chosen.says)] if chosen is not None else []
    if shown == changed or (chosen is not None and chosen.structural):
        return shown
    return [*changed, *shown]


def hint(findings: Sequence[Found], diagnosis: Diagnosis, says: dict[str, str]) -> str:
    """Return a sentence about a mistake that explains little of what is wrong, or that the answers resemble."""
    if diagnosis.named and _mostly_open(findings, diagnosis):
        return f"One failed check shows a known mistake, which does not explain the others: {says[diagnosis.named[0].name]}"
    if diagnosis.like is None:
        return ""
    return f"This looks a little like a known mistake, but not exactly: {says[diagnosis.like.name]}"


def _mostly_open(findings: Sequence[Found], diagnosis: Diagnosis) -> bool:
    """Return whether what is named leaves more than two thirds of the wrong comparisons unexplained."""
    wrong = [index for index, one in enumerate(findings) if one.verdict in _BLAMED and one.kind in _VALUES]
    return 3 * sum(index in diagnosis.unexplained for index in wrong) > 2 * len(wrong)


def _structural(findings: Sequence[Found]) -> list[MistakeResult]:
    for one in findings:
        if one.kind in _VALUES and one.generic is not None and one.generic.structural:
            return [MistakeResult(name=one.generic.name, says=one.generic.says)]
        if one.kind in _VALUES and one.verdict is Verdict.RAISED:
            return [MistakeResult(name="g-exception", says=one.message.partition("\n")[0])]
    return []


def _told(name: str, findings: Sequence[Found]) -> list[MistakeResult]:
    """Return the generic fault of this name, if there is one: who made a named mistake besides must hear of both."""
    found = next((one.generic for one in findings if one.generic is not None and one.generic.name == name), None)
    return [MistakeResult(name=found.name, says=found.says)] if found is not None else []


def _generic(failed: Sequence[Found]) -> Generic | None:
    """Return the fault that the numbers show most often; comparisons of values count before all other checks."""
    values = [one for one in failed if one.kind in _VALUES]
    known = [one.generic for one in values if one.generic is not None]
    structural = next((one for one in known if one.structural), None)
    if structural is not None:
        return structural
    if not values:
        return next((one.generic for one in failed if one.generic is not None), None)
    if any(one.verdict is Verdict.RAISED for one in values):
        return None  # the error comes first, and is told with its line
    if not known and (shown := _structure_elsewhere(failed)) is not None:
        return shown
    placed = [one for one in values if one.step is not None and one.generic is not None]
    return _most_shown(values) or _most_shown(placed)  # what one step shows is true, whatever others hide


def _structure_elsewhere(failed: Sequence[Found]) -> Generic | None:
    """Return a fault of structure that another check tells, where comparisons could do nothing with the answer."""
    if any(one.verdict is not Verdict.WRONG or one.compared for one in failed if one.kind in _VALUES):
        return None
    return next((one.generic for one in failed if one.generic is not None and one.generic.structural), None)


def _most_shown(values: Sequence[Found]) -> Generic | None:
    """Return the fault that at least half of some comparisons show, in the words that leave the fewest causes open."""
    known = [(one.step is None, one.generic) for one in values if one.generic is not None]
    counts = Counter(cause for _, one in known for cause in one.causes)
    for cause, count in counts.most_common(1):
        if 2 * count >= len(values):
            fitting = [(unplaced, one) for unplaced, one in known if cause in one.causes]
            chosen = min(fitting, key=lambda pair: (len(pair[1].causes), pair[0]))[1]
            alike = len({(one.name, one.brief) for _, one in known}) == 1
            return _everywhere(chosen) if count == len(values) > 1 and alike else chosen
    return None


def _everywhere(fault: Generic) -> Generic:
    """Return the fault with the remark that every comparison shows it."""
    return replace(fault, says=fault.says.replace(" what is expected", " what is expected on every input", 1))
