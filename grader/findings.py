"""What one check found out: how it ended, and the verdict that an exception stands for."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pytest

from grader.calls import Evidence, Record, StudentError
from grader.faults import Generic, Mismatch, NotCheckable
from grader.results import Divergence, ErrorMeasure, Verdict, number, sound


@dataclass(eq=False)  # looked up in long lists: comparing fields took an eighth of the time of a whole course
class Finding:
    """One check and how it ended."""

    id: str
    title: str
    kind: str
    weight: Fraction
    gate: bool
    check: str = ""
    """Name of the check function that this is a case of."""
    device: str = "cpu"
    verdict: Verdict = Verdict.BROKEN
    message: str = "The check did not run."
    line: int | None = None
    duration_s: float = 0.0
    result: dict[str, Any] = field(default_factory=dict)
    """Further fields of `CheckResult`: divergence, error, dtype, output, skipped_because."""
    generic: Generic | None = None
    records: list[Record] = field(default_factory=list)
    started: float = 0.0

    @property
    def step(self) -> int | None:
        """The first step with which two runs part, where that is known."""
        divergence = self.result.get("divergence")
        return divergence.step if divergence is not None else None

    @property
    def compared(self) -> bool:
        """Whether two values were laid side by side and parted somewhere."""
        return self.result.get("divergence") is not None


def judge(finding: Finding, raised: BaseException, known: Evidence) -> None:
    """Set the verdict that an exception stands for; what is neither the student's nor expected is the lesson's."""
    finding.message = str(raised) or type(raised).__name__
    finding.line = getattr(raised, "line", None)
    if isinstance(raised, StudentError):
        finding.verdict = raised.verdict
        finding.result["output"] = raised.output[-2000:]
    elif isinstance(raised, Mismatch):
        finding.verdict, finding.generic = Verdict.WRONG, raised.generic
        found, finding.result["error"] = raised.difference, None
        if found is not None:
            finding.result["divergence"] = Divergence(
                where=sound(found.where) or "result",
                expected=_sound(found.expected),
                got=_sound(found.got),
                ratio=_finite(found.ratio),
                step=raised.step,
            )
            finding.result["error"] = measure(found.observed, found.allowed, known.rule)
    elif isinstance(raised, NotCheckable | pytest.skip.Exception):
        finding.verdict, finding.result["skipped_because"] = Verdict.SKIPPED, finding.message
    elif isinstance(raised, AssertionError):
        finding.verdict = Verdict.WRONG
    elif isinstance(raised, KeyboardInterrupt | SystemExit | pytest.exit.Exception):
        return
    else:
        finding.verdict = Verdict.BROKEN
        finding.message = f"{type(raised).__name__}: {finding.message}"
    known.comparisons += 1


def keep_output(finding: Finding) -> None:
    """Keep what the submission printed and the warnings it caused."""
    parts = [finding.result.get("output", "")]
    for record in finding.records:
        if record.answer is not None:
            parts += [record.answer.stdout, *(f"{text}\n" for text in record.answer.warnings)]
    finding.result["output"] = sound("".join(parts))[-2000:]


def measure(observed: float, allowed: float, rule: str) -> ErrorMeasure | None:
    """Return an error and its limit as the results keep them; None where one is not finite."""
    finite = _finite(observed) is not None and _finite(allowed) is not None
    return ErrorMeasure(observed=observed, allowed=allowed, rule=rule) if finite else None


def _sound(value: float | str | None) -> float | str | None:
    return sound(value) if isinstance(value, str) else value


def _finite(value: float | None) -> float | None:
    return value if value is not None and isinstance(number(value), float) else None
